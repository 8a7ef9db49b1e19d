using ActorNode.Storage;
using ActorNode.Upkeep;
using ActorNode.Upkeep.Store;
using Xunit;

namespace ActorNode.Tests.Upkeep.Store;

/// <summary>What an operator decides when primary and backup contradict each other.</summary>
public sealed class UpkeepRestoreSpec
{
    private static readonly UpkeepStoreSettings Settings = new()
    {
        BackupFolders = ["1", "2"],
        MinBackoff = TimeSpan.FromMilliseconds(1),
        MaxBackoff = TimeSpan.FromMilliseconds(20),
        StartTimeout = TimeSpan.Zero,
    };

    private static readonly UpkeepKey Parked = new(UpkeepKey.ParkedEvents, "", "e1");

    private readonly MemoryPlace _primary = new("the-primary");
    private readonly MemoryPlace _one = new("backup-one");
    private readonly MemoryPlace _two = new("backup-two");

    [Fact(DisplayName = "An empty primary that was restored opens with the backup's values, and the other backup follows")]
    public async Task Restores_an_empty_primary()
    {
        await RunAsync(7);
        _primary.State = MemoryPlace.Empty;
        var done = await UpkeepRestore.RunAsync(_primary, _one, default);
        Assert.Equal((2, 8L, 0, true), (done.Keys, done.Bytes, done.Removed, done.HasManager));
        await using var store = await OpenAsync();
        await InSyncAsync(store);
        Assert.Equal((7, 7, 7), (_primary.Number(UpkeepKey.Manager), _one.Number(UpkeepKey.Manager), _two.Number(UpkeepKey.Manager)));
    }

    [Fact(DisplayName = "A place whose own restore was cut off is no backup to restore from")]
    public async Task Refuses_half_a_backup()
    {
        await RunAsync(7);
        var puts = 0;
        _two.Arriving = _ => ++puts > 2 ? throw new StoreUnavailableException("pulled out") : Task.CompletedTask;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => UpkeepRestore.RunAsync(_two, _one, default));
        var before = _primary.State;
        var refused = await Assert.ThrowsAsync<StoreOpenException>(() => UpkeepRestore.RunAsync(_primary, _two, default));
        Assert.Contains("backup-two", refused.Message, StringComparison.Ordinal);
        Assert.Contains("not finished", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, _primary.State);
    }

    [Fact(DisplayName = "What the operator chose wins over a backup with newer values, also over one that was away meanwhile; keys of the time given up go")]
    public async Task Wins_over_newer_backups()
    {
        await RunAsync(1);
        var old = _one.State;
        for (var i = 2; i < 9; i++)
            await RunAsync(i);
        await using (var store = await OpenAsync())
            await store.WriteAsync(Parked, BitConverter.GetBytes(1), default);
        (_primary.State, _one.State) = (MemoryPlace.Empty, old);
        await UpkeepRestore.RunAsync(_primary, _one, default);

        _two.Fails = true;
        await using (var store = await OpenAsync())
        {
            Assert.Equal(1, _primary.Number(UpkeepKey.Manager));
            await store.WriteAsync(UpkeepKey.Manager, BitConverter.GetBytes(100), default);
            _two.Fails = false;
            await InSyncAsync(store);
        }

        Assert.Equal((100, null), (_two.Number(UpkeepKey.Manager), _two.Number(Parked)));
        await using (await OpenAsync())
            Assert.Equal(100, _primary.Number(UpkeepKey.Manager));
    }

    [Fact(DisplayName = "Values that the primary has and the backup has not are removed; monitors that others keep there stay")]
    public async Task Removes_what_the_backup_lacks()
    {
        await RunAsync(1);
        var monitor = new UpkeepKey("monitors", "", "m1");
        await _primary.PutAsync(monitor, new UpkeepValue(default, new byte[4]));
        await _primary.PutAsync(Parked, new UpkeepValue(new UpkeepStamp(90, 1, 0), new byte[4]));
        Assert.Equal(1, (await UpkeepRestore.RunAsync(_primary, _one, default)).Removed);
        Assert.Equal((null, 0), (_primary.Number(Parked), _primary.Number(monitor)));
    }

    [Fact(DisplayName = "A restore that is cut off at any write leaves a primary that is refused, until the restore has been run again")]
    public async Task Is_refused_half_way()
    {
        await RunAsync(5);
        var before = _primary.State;
        for (var cut = 1; ; cut++)
        {
            _primary.State = before;
            var left = cut;
            _primary.Answering = () => --left == 0 ? throw new StoreUnavailableException("the power went off") : Task.CompletedTask;
            var problem = await Record.ExceptionAsync(() => UpkeepRestore.RunAsync(_primary, _one, default));
            _primary.Answering = () => Task.CompletedTask;
            if (problem is null)
                break;
            if (_primary.State.Item2.ContainsKey(Place.RestoringKey))
            {
                var refused = await Assert.ThrowsAsync<StoreConflictException>(OpenAsync);
                Assert.Contains("actornode upkeep restore --from 'backup-one'", refused.Message, StringComparison.Ordinal);
            }

            await UpkeepRestore.RunAsync(_primary, _one, default);
            await using (await OpenAsync())
                Assert.Equal(5, _primary.Number(UpkeepKey.Manager));
            Assert.True(cut < 20, "the restore never came to its end");
        }
    }

    [Fact(DisplayName = "A backup that holds nothing is refused, and the primary is not touched")]
    public async Task Refuses_an_empty_backup()
    {
        await RunAsync(1);
        var refused = await Assert.ThrowsAsync<StoreOpenException>(() => UpkeepRestore.RunAsync(_primary, new MemoryPlace("nothing"), default));
        Assert.Contains("nothing holds no values", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, _primary.Number(UpkeepKey.Manager));
    }

    private Task<ReplicatedUpkeepStore> OpenAsync() =>
        ReplicatedUpkeepStore.OpenAsync(_primary, [_one.Backup, _two.Backup], Settings, TimeProvider.System, default);

    private async Task RunAsync(int number)
    {
        await using var store = await OpenAsync();
        await store.WriteAsync(UpkeepKey.Manager, BitConverter.GetBytes(number), default);
        await store.WriteAsync(UpkeepKey.Scorer, BitConverter.GetBytes(number), default);
        await InSyncAsync(store);
    }

    private static Task InSyncAsync(ReplicatedUpkeepStore store) =>
        Eventually.TrueAsync(() => store.Backups.All(backup => backup is { InSync: true, PendingKeys: 0 }));
}

using System.Collections.Concurrent;
using ActorNode.Protocol.Upkeep;
using ActorNode.Storage;
using ActorNode.Upkeep;
using ActorNode.Upkeep.Store;
using Xunit;

namespace ActorNode.Tests.Upkeep.Store;

/// <summary>Backups: what a write waits for, how they fall behind and catch up, and what a store does not open over.</summary>
public sealed class ReplicatedUpkeepStoreSpec
{
    private static readonly UpkeepStoreSettings Settings = new()
    {
        BackupFolders = ["1", "2"],
        MinBackoff = TimeSpan.FromMilliseconds(1),
        MaxBackoff = TimeSpan.FromMilliseconds(20),
        AcknowledgeTimeout = TimeSpan.FromMinutes(2),
        StartTimeout = TimeSpan.Zero,
    };

    private readonly MemoryPlace _primary = new("the-primary");
    private readonly MemoryPlace _one = new("backup-one");
    private readonly MemoryPlace _two = new("backup-two");

    [Fact(DisplayName = "A write counts when the primary and as many backups as are required hold it")]
    public async Task Waits_for_the_required_backups()
    {
        await using var store = await OpenAsync(required: 1);
        await InSyncAsync(store);
        var (one, two) = (Hold(_one), Hold(_two));
        var writing = WriteAsync(store, 7);
        await Eventually.TrueAsync(() => _primary.Number(UpkeepKey.Manager) == 7 && one.Arrived && two.Arrived);
        Assert.False(writing.IsCompleted);
        two.Release();
        await writing;
        Assert.Equal(7, _two.Number(UpkeepKey.Manager));
        Assert.NotEqual(7, _one.Number(UpkeepKey.Manager));
        one.Release();
    }

    [Fact(DisplayName = "No backup holds a write before it was begun at the primary, and none is waited for where none is required; of what waits for a slow one only the newest is written")]
    public async Task Newest_wins_on_a_slow_backup()
    {
        await using var store = await OpenAsync(required: 0);
        await InSyncAsync(store);
        var held = Hold(_one);
        var before = _one.Puts;
        for (var i = 1; i <= 100; i++)
            await WriteAsync(store, i);
        await Eventually.TrueAsync(() => held.Arrived);
        Assert.Equal(1, store.Backups[0].PendingKeys);
        held.Release();
        await Eventually.TrueAsync(() => _one.Number(UpkeepKey.Manager) == 100 && store.Backups[0].PendingKeys == 0);
        Assert.Equal(2, _one.Puts - before);
    }

    [Fact(DisplayName = "A backup that hangs when the store is opened does not keep a node from starting that can do without; an answer that comes too late is closed again")]
    public async Task Hanging_backup_at_the_start()
    {
        var opening = new TaskCompletionSource<IUpkeepReplica>(TaskCreationOptions.RunContinuationsAsynchronously);
        var late = new ClosedLate();
        var calls = 0;
        var hanging = new UpkeepBackup("hanging", _ => Interlocked.Increment(ref calls) == 1 ? opening.Task : Task.FromResult<IUpkeepReplica>(_two));
        await using var store = await ReplicatedUpkeepStore.OpenAsync(
            _primary, [_one.Backup, hanging], Settings, TimeProvider.System, default);
        await Eventually.TrueAsync(() => store.Backups.All(backup => backup.InSync));
        await WriteAsync(store, 3);
        await Eventually.TrueAsync(() => _two.Number(UpkeepKey.Manager) == 3);
        opening.SetResult(late);
        await late.Closed.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact(DisplayName = "A backup that fails is shown as behind with its error, catches up by itself, and is shown as in sync again")]
    public async Task Catches_up_after_a_failure()
    {
        await using var store = await OpenAsync(required: 0);
        await InSyncAsync(store);
        var told = new ConcurrentQueue<BackupStatus>();
        store.BackupChanged += told.Enqueue;
        _one.Fails = true;
        await WriteAsync(store, 1);
        await store.WriteAsync(UpkeepKey.Scorer, BitConverter.GetBytes(5), default);
        await Eventually.TrueAsync(() => told.Any(status => status is { Name: "backup-one", InSync: false }));
        Assert.Contains("backup-one does not work", store.Backups[0].LastError, StringComparison.Ordinal);
        Assert.NotNull(store.Backups[0].BehindSince);
        Assert.True(store.Backups[0].Failures > 0);
        for (var i = 2; i <= 20; i++)
            await WriteAsync(store, i);
        _one.Fails = false;
        await Eventually.TrueAsync(() => store.Backups[0].InSync);
        Assert.Equal((20, 5), (_one.Number(UpkeepKey.Manager), _one.Number(UpkeepKey.Scorer)));
        Assert.Equal([false, true], told.Where(status => status.Name == "backup-one").Select(status => status.InSync));
        Assert.Null(store.Backups[0].BehindSince);
    }

    [Fact(DisplayName = "Where not enough backups hold a write in time it fails by their names, and writing it again succeeds when they are back")]
    public async Task Fails_without_the_required_backups()
    {
        await using var store = await OpenAsync(required: 2, Settings);
        await InSyncAsync(store);
        _two.Fails = true;
        var failed = await Assert.ThrowsAsync<StoreUnavailableException>(() => WriteAsync(store, 1));
        Assert.True(failed.OutcomeUnknown);
        Assert.Contains("1 of 2 required backups", failed.Message, StringComparison.Ordinal);
        Assert.Contains("backup-two: backup-two does not work", failed.Message, StringComparison.Ordinal);
        _two.Fails = false;
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => WriteAsync(store, 2)) is null);
        Assert.Equal((2, 2), (_one.Number(UpkeepKey.Manager), _two.Number(UpkeepKey.Manager)));
    }

    [Fact(DisplayName = "Backups that lag when the process ends are brought up to date by the next one, removed keys included, before they count as in sync")]
    public async Task Catches_up_after_a_restart()
    {
        var gone = new UpkeepKey(UpkeepKey.ParkedEvents, "", "gone");
        await using (var store = await OpenAsync(required: 0))
        {
            await InSyncAsync(store);
            await store.WriteAsync(gone, BitConverter.GetBytes(1), default);
            await WriteAsync(store, 1);
            await Eventually.TrueAsync(() => store.Backups.All(backup => backup.PendingKeys == 0));
            _one.Fails = true;
            await store.RemoveAsync(gone, default);
            await WriteAsync(store, 2);
        }

        Assert.Equal((1, 1), (_one.Number(UpkeepKey.Manager), _one.Number(gone)));
        _one.Fails = false;
        var held = Hold(_one);
        await using (var store = await OpenAsync(required: 0))
        {
            Assert.False(store.Backups[0].InSync);
            held.Release();
            await InSyncAsync(store);
            Assert.Equal((2, null), (_one.Number(UpkeepKey.Manager), _one.Number(gone)));
        }
    }

    [Fact(DisplayName = "A primary that lost everything is refused, primary and backup and the way out named, as long as nobody decides")]
    public async Task Refuses_an_empty_primary()
    {
        await RunAsync(writes: 1);
        _primary.State = MemoryPlace.Empty;
        for (var i = 0; i < 2; i++)
        {
            var refused = await Assert.ThrowsAsync<StoreConflictException>(() => OpenAsync(required: 1));
            foreach (var part in new[] { "the-primary", "backup-one", "holds a channel manager", "can lose the money", "actornode upkeep restore --from 'backup-one'" })
                Assert.Contains(part, refused.Message, StringComparison.Ordinal);
        }

        Assert.Null(_primary.Number(UpkeepKey.Manager));
        Assert.Equal(1, _one.Number(UpkeepKey.Manager));
    }

    [Fact(DisplayName = "A primary that went back in time is refused, with the numbers of the writes")]
    public async Task Refuses_an_old_primary()
    {
        await RunAsync(writes: 1);
        var old = _primary.State;
        await RunAsync(writes: 5);
        _primary.State = old;
        var refused = await Assert.ThrowsAsync<StoreConflictException>(() => OpenAsync(required: 0));
        Assert.Contains("is an older state", refused.Message, StringComparison.Ordinal);
        Assert.Contains("the-primary", refused.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Where backups differ, the newest is the one that a refusal names to restore from")]
    public async Task Names_the_newest_backup()
    {
        await RunAsync(writes: 1);
        var lagging = _one.State;
        await RunAsync(writes: 5);
        (_primary.State, _one.State) = (MemoryPlace.Empty, lagging);
        var refused = await Assert.ThrowsAsync<StoreConflictException>(() => OpenAsync(required: 1));
        Assert.Contains("restore --from 'backup-two'", refused.Message, StringComparison.Ordinal);
        Assert.Matches(@"Last numbers of the backups: backup-one \d+ \(manager \d+\), backup-two \d+ \(manager \d+\)", refused.Message);
    }

    [Fact(DisplayName = "A write that a crash kept from the primary, but not from a backup, is taken over")]
    public async Task Takes_over_what_a_crash_kept_from_the_primary()
    {
        await RunAsync(writes: 3);
        var before = _primary.State;
        await RunAsync(writes: 1, first: 4);
        // As if the process had ended between the two: the primary lacks the last write, and nothing else.
        _primary.State = before;
        await using var store = await OpenAsync(required: 1);
        Assert.Equal(4, await ReadAsync(store));
        Assert.Equal(4, _primary.Number(UpkeepKey.Manager));
    }

    [Fact(DisplayName = "However often the primary fails while a backup works, the backup's lead is no reason to refuse the primary")]
    public async Task Tolerates_failed_primary_writes()
    {
        await using (var store = await OpenAsync(required: 0))
        {
            await InSyncAsync(store);
            await WriteAsync(store, 1);
            _primary.Fails = true;
            for (var i = 2; i <= 20; i++)
                await Assert.ThrowsAsync<StoreUnavailableException>(() => WriteAsync(store, i));
            await Eventually.TrueAsync(() => _one.Number(UpkeepKey.Manager) == 20);
        }

        _primary.Fails = false;
        await using var again = await OpenAsync(required: 0);
        Assert.Equal(20, await ReadAsync(again));
    }

    [Fact(DisplayName = "A backup of another node's store is refused, and so is a place with a manager that no node wrote")]
    public async Task Refuses_strange_backups()
    {
        await RunAsync(writes: 1);
        var strange = new MemoryPlace("strange");
        await strange.PutAsync(UpkeepKey.Manager, new UpkeepValue(default, new byte[4]));
        var refused = await Assert.ThrowsAsync<StoreConflictException>(() => OpenAsync(required: 0, null, strange));
        Assert.Contains("strange holds a channel manager which no node wrote", refused.Message, StringComparison.Ordinal);

        var other = new MemoryPlace("other-primary");
        var theirs = new MemoryPlace("their-backup");
        await using (var store = await ReplicatedUpkeepStore.OpenAsync(other, [theirs.Backup], Settings, TimeProvider.System, default))
        {
            await WriteAsync(store, 1);
            await InSyncAsync(store);
        }

        refused = await Assert.ThrowsAsync<StoreConflictException>(() => OpenAsync(required: 0, null, theirs));
        Assert.Contains("their-backup", refused.Message, StringComparison.Ordinal);
        Assert.Contains("belongs to another node's store", refused.Message, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "A store opens without backups when none is required, and otherwise only with so many that one of them has every acknowledged write")]
    [InlineData(0, 0, true)]
    [InlineData(1, 1, false)]
    [InlineData(1, 2, true)]
    [InlineData(2, 0, false)]
    [InlineData(2, 1, true)]
    public async Task Needs_backups_at_the_start(int required, int answering, bool opens)
    {
        (_one.Fails, _two.Fails) = (answering < 1, answering < 2);
        var problem = await Record.ExceptionAsync(async () => await (await OpenAsync(required)).DisposeAsync());
        if (opens)
        {
            Assert.Null(problem);
        }
        else
        {
            Assert.IsType<StoreOpenException>(problem);
            Assert.Contains("backup-one", problem.Message + (_one.Fails ? "" : "backup-one"), StringComparison.Ordinal);
            Assert.Contains("actornode.upkeep.store.backups-at-start", problem.Message, StringComparison.Ordinal);
        }
    }

    [Fact(DisplayName = "A backup that comes after the start is compared and brought up to date")]
    public async Task Takes_late_backups()
    {
        await RunAsync(writes: 2);
        _one.Fails = true;
        await using var store = await OpenAsync(required: 0);
        await WriteAsync(store, 3);
        Assert.False(store.Backups[0].InSync);
        _one.Fails = false;
        await InSyncAsync(store);
        Assert.Equal(3, _one.Number(UpkeepKey.Manager));
    }

    [Fact(DisplayName = "A backup that comes after the start and proves that the primary is an old one stops every further write")]
    public async Task Stops_when_a_late_backup_proves_the_primary_old()
    {
        await RunAsync(writes: 1);
        var old = _primary.State;
        await RunAsync(writes: 5);
        (_primary.State, _two.State) = (old, old);
        _one.Fails = true;
        await using var store = await OpenAsync(required: 0);
        await WriteAsync(store, 50);
        _one.Fails = false;
        StoreConflictException? refused = null;
        await Eventually.TrueAsync(async () => (refused = await Record.ExceptionAsync(() => WriteAsync(store, 51)) as StoreConflictException) is not null);
        Assert.Contains("backup-one", refused!.Message, StringComparison.Ordinal);
        Assert.Equal(5, _one.Number(UpkeepKey.Manager));
        Assert.False(store.Backups[0].InSync);
    }

    [Fact(DisplayName = "What no node wrote, such as monitors in an LDK folder, is not copied to backups; a manager that is taken over is")]
    public async Task Leaves_foreign_values_alone()
    {
        var monitor = new UpkeepKey("monitors", "", "m1");
        await _primary.PutAsync(monitor, new UpkeepValue(default, new byte[4]));
        await _primary.PutAsync(UpkeepKey.Manager, new UpkeepValue(default, BitConverter.GetBytes(9)));
        await using var store = await OpenAsync(required: 0);
        await InSyncAsync(store);
        Assert.Equal((9, null), (_one.Number(UpkeepKey.Manager), _one.Number(monitor)));
        Assert.Equal(0, _primary.Number(monitor));
    }

    private Task<ReplicatedUpkeepStore> OpenAsync(int required, UpkeepStoreSettings? settings = null, MemoryPlace? one = null) => ReplicatedUpkeepStore.OpenAsync(
        _primary, [(one ?? _one).Backup, _two.Backup], (settings ?? Settings) with { RequiredBackups = required }, TimeProvider.System, default);

    private async Task RunAsync(int writes, int first = 1)
    {
        await using var store = await OpenAsync(required: 2);
        for (var i = first; i < first + writes; i++)
            await WriteAsync(store, i);
        await InSyncAsync(store);
    }

    private static Task InSyncAsync(ReplicatedUpkeepStore store) =>
        Eventually.TrueAsync(() => store.Backups.All(backup => backup is { InSync: true, PendingKeys: 0 }));

    private static Task WriteAsync(ReplicatedUpkeepStore store, int number) => store.WriteAsync(UpkeepKey.Manager, BitConverter.GetBytes(number), default);

    private static async Task<int> ReadAsync(ReplicatedUpkeepStore store) =>
        BitConverter.ToInt32((await store.ReadAsync(UpkeepKey.Manager, default))!.Value.Span);

    private static Held Hold(MemoryPlace place)
    {
        var held = new Held();
        place.Arriving = held.ArriveAsync;
        return held;
    }

    /// <summary>Writes that wait for the test.</summary>
    private sealed class Held
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Arrived { get; private set; }

        public Task ArriveAsync(UpkeepKey key)
        {
            Arrived = true;
            return _released.Task;
        }

        public void Release() => _released.TrySetResult();
    }

    /// <summary>A place that was opened too late.</summary>
    private sealed class ClosedLate : IUpkeepReplica
    {
        public TaskCompletionSource Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Location => "late";

        public Task<UpkeepContents> ContentsAsync(CancellationToken cancellationToken) => Task.FromResult(UpkeepContents.Empty);

        public Task<UpkeepValue?> ReadAsync(UpkeepKey key, CancellationToken cancellationToken) => Task.FromResult<UpkeepValue?>(null);

        public Task PutAsync(UpkeepKey key, UpkeepValue value) => throw new InvalidOperationException("nobody uses it");

        public Task RemoveAsync(UpkeepKey key, UpkeepStamp stamp) => throw new InvalidOperationException("nobody uses it");

        public ValueTask DisposeAsync()
        {
            Closed.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }
}

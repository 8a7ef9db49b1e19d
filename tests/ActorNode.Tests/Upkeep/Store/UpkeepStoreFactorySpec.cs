using ActorNode.Configuration;
using ActorNode.Storage;
using ActorNode.Tests.Support;
using ActorNode.Upkeep;
using ActorNode.Upkeep.Store;
using Xunit;

namespace ActorNode.Tests.Upkeep.Store;

/// <summary>From settings to a store.</summary>
public sealed class UpkeepStoreFactorySpec : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact(DisplayName = "Backups are named by full path and by host and database; a password appears neither there nor in an error nor in shown settings")]
    public async Task Names_backups()
    {
        const string database = "Host=127.0.0.1;Port=1;Database=upkeep;Username=actornode;Password=hunter2";
        var settings = new UpkeepStoreSettings { BackupFolders = ["some/backup"], BackupDatabases = [database] };
        var backups = UpkeepStoreFactory.Backups(settings, new StorageSettings());
        Assert.Equal([Path.GetFullPath("some/backup"), "postgresql://127.0.0.1:1/upkeep"], backups.Select(backup => backup.Name));
        var unreachable = await Assert.ThrowsAnyAsync<Exception>(() => backups[1].OpenAsync(default));
        Assert.DoesNotContain("hunter2", unreachable.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", SettingsWriter.ToJson(settings).ToJsonString(), StringComparison.Ordinal);
        var malformed = Assert.Throws<StoreOpenException>(() => UpkeepStoreFactory.Backups(settings with { BackupDatabases = ["Password=hunter2;nonsense"] }, new StorageSettings()));
        Assert.DoesNotContain("hunter2", malformed.ToString(), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Settings that contradict each other are refused by key and rule")]
    [InlineData("required-backups", 2, 0, "is 2, but there are 1 backups")]
    [InlineData("backups-at-start", 0, 2, "is 2, but there are 1 backups")]
    public void Refuses_contradictions(string key, int required, int atStart, string rule) =>
        Assert.Contains((key, rule), new UpkeepStoreSettings { BackupFolders = ["a"], RequiredBackups = required, BackupsAtStart = atStart }.Problems());

    [Fact(DisplayName = "A folder is not named twice, nor as its own backup")]
    public void Refuses_repeated_folders() =>
        Assert.Contains(new UpkeepStoreSettings { Folder = "a", BackupFolders = ["b/../a"] }.Problems(), problem => problem.Key == "backup-folders");

    [PostgresFact(DisplayName = "A PostgreSQL database backs the node's database up, cannot be a node's own meanwhile, and restores it")]
    public async Task Backs_up_to_a_database()
    {
        var connection = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var settings = new UpkeepStoreSettings { BackupDatabases = [connection], RequiredBackups = 1 };
        var storage = new StorageSettings { DataFolder = Path.Combine(_folder.Path, "one") };
        await using (var node = await NodeStore.OpenAsync(storage, default))
        await using (var store = await UpkeepStoreFactory.OpenAsync(settings, storage, node, TimeProvider.System, default))
        {
            await store.WriteAsync(UpkeepKey.Manager, new byte[3_000_000], default);
            await Assert.ThrowsAsync<StoreOpenException>(() => NodeStore.OpenAsync(new StorageSettings { Provider = StorageProvider.PostgreSql, ConnectionString = connection }, default));
        }

        storage = new StorageSettings { DataFolder = Path.Combine(_folder.Path, "two") };
        await using (var node = await NodeStore.OpenAsync(storage, default))
        {
            await Assert.ThrowsAsync<StoreConflictException>(() => UpkeepStoreFactory.OpenAsync(settings, storage, node, TimeProvider.System, default));
            await using (var backup = await UpkeepStoreFactory.Backups(settings, storage).Single().OpenAsync(default))
                await UpkeepRestore.RunAsync(await UpkeepStoreFactory.PrimaryAsync(settings, node, default), backup, default);
            await using var store = await UpkeepStoreFactory.OpenAsync(settings, storage, node, TimeProvider.System, default);
            Assert.Equal(3_000_000, (await store.ReadAsync(UpkeepKey.Manager, default))!.Value.Length);
        }
    }
}

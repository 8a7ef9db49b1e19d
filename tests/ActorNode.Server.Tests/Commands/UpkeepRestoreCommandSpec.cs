using ActorNode.Storage;
using ActorNode.Upkeep;
using ActorNode.Upkeep.Store;
using Xunit;

namespace ActorNode.Server.Tests.Commands;

/// <summary><c>upkeep restore</c>.</summary>
public sealed class UpkeepRestoreCommandSpec : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("actornode-restore-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Backup => Path.Combine(_folder, "backup");

    private string Config
    {
        get
        {
            var file = Path.Combine(_folder, "node.conf");
            File.WriteAllText(file, $"actornode.upkeep.store.backup-folders = [\"{Backup}\"]");
            return file;
        }
    }

    [Fact(DisplayName = "With --yes a lost primary gets what the backup holds, and the store opens again")]
    public async Task Restores()
    {
        await LoseThePrimaryAsync();
        await Assert.ThrowsAsync<StoreConflictException>(ReadAsync);
        var run = await RunAsync("", "--from", Backup, "--yes");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("with a channel manager", run.Output, StringComparison.Ordinal);
        Assert.Equal("manager"u8.ToArray(), await ReadAsync());
    }

    [Theory(DisplayName = "Without --yes it names the risk and both places, and goes on only when told so")]
    [InlineData("restore\n", 0)]
    [InlineData("yes\n", 1)]
    [InlineData("", 1)]
    public async Task Asks(string answer, int exitCode)
    {
        await LoseThePrimaryAsync();
        var run = await RunAsync(answer, "--from", Backup);
        Assert.Equal(exitCode, run.ExitCode);
        foreach (var part in new[] { "can lose the money", Backup, Path.Combine(_folder, "data", "node.db") })
            Assert.Contains(part, run.Error, StringComparison.Ordinal);
        if (exitCode != 0)
            await Assert.ThrowsAsync<StoreConflictException>(ReadAsync);
    }

    [Fact(DisplayName = "A backup that the settings do not name is refused with those that they do")]
    public async Task Refuses_unknown_backups()
    {
        var run = await RunAsync("", "--from", "elsewhere", "--yes");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"'elsewhere' is no backup of the settings; those are: {Backup}", run.Error, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "While a node runs on the primary nothing is restored")]
    public async Task Refuses_a_running_node()
    {
        await LoseThePrimaryAsync();
        await using (await NodeStore.OpenAsync(Storage, default))
        {
            var run = await RunAsync("", "--from", Backup, "--yes");
            Assert.Equal(1, run.ExitCode);
            Assert.Contains("in use by another node", run.Error, StringComparison.Ordinal);
        }
    }

    private StorageSettings Storage => new() { DataFolder = Path.Combine(_folder, "data") };

    private Task<CommandRun> RunAsync(string input, params string[] arguments) =>
        CommandRun.Of(["upkeep", "restore", "--config", Config, "--data", Storage.DataFolder, .. arguments], input);

    private async Task LoseThePrimaryAsync()
    {
        await using (var database = await NodeStore.OpenAsync(Storage, default))
        await using (var store = await OpenAsync(database))
            await store.WriteAsync(UpkeepKey.Manager, "manager"u8.ToArray(), default);
        Directory.Delete(Storage.DataFolder, recursive: true);
    }

    private async Task<byte[]?> ReadAsync()
    {
        await using var database = await NodeStore.OpenAsync(Storage, default);
        await using var store = await OpenAsync(database);
        return (await store.ReadAsync(UpkeepKey.Manager, default))?.ToArray();
    }

    private Task<ReplicatedUpkeepStore> OpenAsync(INodeStore database) =>
        UpkeepStoreFactory.OpenAsync(new UpkeepStoreSettings { BackupFolders = [Backup], RequiredBackups = 1 }, Storage, database, TimeProvider.System, default);
}

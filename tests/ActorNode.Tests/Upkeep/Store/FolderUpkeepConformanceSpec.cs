using ActorNode.Tests.Support;
using ActorNode.Upkeep.Store;

namespace ActorNode.Tests.Upkeep.Store;

/// <summary>Upkeep's values in a folder.</summary>
public sealed class FolderUpkeepConformanceSpec : UpkeepStoreConformance
{
    private readonly TemporaryFolder _folder = new();

    private string Root => Path.Combine(_folder.Path, "store");

    /// <inheritdoc/>
    protected override async Task<ReplicatedUpkeepStore> OpenAsync(UpkeepStoreSettings settings) =>
        await Stores.OpenAsync(await FolderUpkeepReplica.OpenAsync(Root, settings, default), settings);

    /// <inheritdoc/>
    protected override IDisposable? Break()
    {
        // As a disk that is not mounted any more.
        Directory.Move(Root, $"{Root}-away");
        return new Undo(() => Directory.Move($"{Root}-away", Root));
    }

    /// <inheritdoc/>
    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>Upkeep's values in a database with two backups, one of which must hold every write.</summary>
public sealed class ReplicatedUpkeepConformanceSpec : UpkeepStoreConformance
{
    private readonly TemporaryFolder _folder = new();

    /// <inheritdoc/>
    protected override async Task<ReplicatedUpkeepStore> OpenAsync(UpkeepStoreSettings settings)
    {
        settings = settings with { RequiredBackups = 1, AcknowledgeTimeout = TimeSpan.FromMinutes(2) };
        return await ReplicatedUpkeepStore.OpenAsync(
            await Stores.SqliteAsync(_folder.Path, settings), [Backup("one", settings), Backup("two", settings)], settings, TimeProvider.System, default);
    }

    /// <inheritdoc/>
    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private UpkeepBackup Backup(string name, UpkeepStoreSettings settings)
    {
        var root = Path.Combine(_folder.Path, name);
        return new(root, async token => await FolderUpkeepReplica.OpenAsync(root, settings, token));
    }
}

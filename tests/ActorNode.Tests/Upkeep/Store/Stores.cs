using ActorNode.Storage;
using ActorNode.Upkeep.Store;

namespace ActorNode.Tests.Upkeep.Store;

/// <summary>Opens stores.</summary>
internal static class Stores
{
    /// <summary>Without backups, over a database that is closed with it.</summary>
    public static async Task<ReplicatedUpkeepStore> OverAsync(INodeStore database, UpkeepStoreSettings settings) =>
        await OpenAsync(await NodeUpkeepReplica.OpenAsync(database, settings, ownsStore: true, default), settings);

    /// <summary>Without backups.</summary>
    public static Task<ReplicatedUpkeepStore> OpenAsync(IUpkeepReplica primary, UpkeepStoreSettings settings) =>
        ReplicatedUpkeepStore.OpenAsync(primary, [], settings, TimeProvider.System, default);

    /// <summary>The values of a SQLite database in a folder.</summary>
    public static async Task<IUpkeepReplica> SqliteAsync(string folder, UpkeepStoreSettings settings) =>
        await NodeUpkeepReplica.OpenAsync(await NodeStore.OpenAsync(new StorageSettings { DataFolder = folder }, default), settings, ownsStore: true, default);
}

/// <summary>What a test changed, until it is changed back.</summary>
internal sealed class Undo(Action undo) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => undo();
}

using ActorNode.Storage;
using ActorNode.Upkeep.Store;

namespace ActorNode.Tests.Upkeep.Store;

/// <summary>Opens stores.</summary>
internal static class Stores
{
    /// <summary>Without backups, over a database that is closed with it.</summary>
    public static async Task<ReplicatedUpkeepStore> OverAsync(INodeStore database, UpkeepStoreSettings settings) =>
        await ReplicatedUpkeepStore.OpenAsync(await NodeUpkeepReplica.OpenAsync(database, settings, ownsStore: true, default), settings, default);
}

/// <summary>What a test changed, until it is changed back.</summary>
internal sealed class Undo(Action undo) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => undo();
}

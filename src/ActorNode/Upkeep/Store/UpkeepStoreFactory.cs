using ActorNode.Storage;

namespace ActorNode.Upkeep.Store;

/// <summary>Opens the store that the settings name.</summary>
public static class UpkeepStoreFactory
{
    /// <summary>A store that keeps everything in memory: for tests and the sandbox.</summary>
    public static async Task<ReplicatedUpkeepStore> InMemoryAsync(UpkeepStoreSettings? settings = null)
    {
        settings ??= new UpkeepStoreSettings();
        var replica = await NodeUpkeepReplica.OpenAsync(new InMemoryNodeStore(), settings, ownsStore: true, CancellationToken.None).ConfigureAwait(false);
        return await ReplicatedUpkeepStore.OpenAsync(replica, [], settings, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
    }
}

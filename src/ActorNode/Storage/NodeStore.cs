using ActorNode.Storage.PostgreSql;
using ActorNode.Storage.Sqlite;

namespace ActorNode.Storage;

/// <summary>Opens the database that the settings name.</summary>
public static class NodeStore
{
    /// <exception cref="StoreOpenException">The database cannot be used; trying again does not help.</exception>
    /// <exception cref="StoreUnavailableException">The database server does not answer now.</exception>
    public static async Task<INodeStore> OpenAsync(StorageSettings settings, CancellationToken cancellationToken) => settings.Provider switch
    {
        StorageProvider.Sqlite => await SqliteNodeStore.OpenAsync(settings, cancellationToken).ConfigureAwait(false),
        StorageProvider.PostgreSql => await PostgresNodeStore.OpenAsync(settings, cancellationToken).ConfigureAwait(false),
        StorageProvider.Memory => new InMemoryNodeStore(settings.MaxPageBytes),
        _ => throw new StoreOpenException($"There is no storage provider {settings.Provider}."),
    };
}

using System.Collections.Immutable;
using ActorNode.Storage;
using ActorNode.Storage.PostgreSql;

namespace ActorNode.Upkeep.Store;

/// <summary>Opens the store that the settings name.</summary>
public static class UpkeepStoreFactory
{
    /// <summary>The whole store. <see cref="UpkeepStoreHosting"/> hands it to an actor system.</summary>
    /// <param name="settings">Primary and backups.</param>
    /// <param name="storage">Limits of databases that hold backups.</param>
    /// <param name="store">The node's database, open. It stays the caller's.</param>
    /// <param name="clock">The time of waits.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="StoreConflictException">The primary may be an old one.</exception>
    /// <exception cref="StoreOpenException">The primary cannot be used, or too few backups answer.</exception>
    /// <exception cref="StoreUnavailableException">The primary does not work now.</exception>
    public static async Task<ReplicatedUpkeepStore> OpenAsync(
        UpkeepStoreSettings settings, StorageSettings storage, INodeStore store, TimeProvider clock, CancellationToken cancellationToken)
    {
        var primary = await PrimaryAsync(settings, store, cancellationToken).ConfigureAwait(false);
        try
        {
            return await ReplicatedUpkeepStore.OpenAsync(primary, Backups(settings, storage), settings, clock, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await primary.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The primary alone.</summary>
    public static async Task<IUpkeepReplica> PrimaryAsync(UpkeepStoreSettings settings, INodeStore store, CancellationToken cancellationToken) =>
        settings.Folder is { } folder
            ? await FolderUpkeepReplica.OpenAsync(folder, settings, cancellationToken).ConfigureAwait(false)
            : await NodeUpkeepReplica.OpenAsync(store, settings, ownsStore: false, cancellationToken).ConfigureAwait(false);

    /// <summary>The backups, none of them open. A folder's name is its full path, a database's is <c>postgresql://host:port/database</c>.</summary>
    /// <exception cref="StoreOpenException">A connection string is none.</exception>
    public static ImmutableArray<UpkeepBackup> Backups(UpkeepStoreSettings settings, StorageSettings storage) =>
    [
        .. settings.BackupFolders.Select(Path.GetFullPath).Select(folder =>
            new UpkeepBackup(folder, async token => await FolderUpkeepReplica.OpenAsync(folder, settings, token).ConfigureAwait(false))),
        .. settings.BackupDatabases.Select(database =>
            new UpkeepBackup(PostgresDatabase.LocationOf(database), token => DatabaseAsync(database, settings, storage, token))),
    ];

    /// <summary>A store that keeps everything in memory: for tests and the sandbox.</summary>
    public static async Task<ReplicatedUpkeepStore> InMemoryAsync(UpkeepStoreSettings? settings = null)
    {
        settings ??= new UpkeepStoreSettings();
        var replica = await NodeUpkeepReplica.OpenAsync(new InMemoryNodeStore(), settings, ownsStore: true, CancellationToken.None).ConfigureAwait(false);
        return await ReplicatedUpkeepStore.OpenAsync(replica, [], settings, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>A database that serves as a backup is a node's database whose other tables stay empty, with the same lock: no node can use it as its own.</summary>
    private static async Task<IUpkeepReplica> DatabaseAsync(string database, UpkeepStoreSettings settings, StorageSettings storage, CancellationToken cancellationToken)
    {
        var store = await NodeStore.OpenAsync(
            new StorageSettings { Provider = StorageProvider.PostgreSql, ConnectionString = database, CommandTimeout = storage.CommandTimeout, Readers = 1 },
            cancellationToken).ConfigureAwait(false);
        try
        {
            return await NodeUpkeepReplica.OpenAsync(store, settings, ownsStore: true, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}

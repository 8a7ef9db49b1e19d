using ActorNode.Storage;
using ActorNode.Storage.Sqlite;
using ActorNode.Tests.Support;
using ActorNode.Upkeep.Store;

namespace ActorNode.Tests.Upkeep.Store;

/// <summary>Upkeep's values in the memory store.</summary>
public sealed class InMemoryUpkeepConformanceSpec : UpkeepStoreConformance
{
    /// <inheritdoc/>
    protected override bool Durable => false;

    /// <inheritdoc/>
    protected override Task<ReplicatedUpkeepStore> OpenAsync(UpkeepStoreSettings settings) => UpkeepStoreFactory.InMemoryAsync(settings);
}

/// <summary>Upkeep's values in SQLite.</summary>
public sealed class SqliteUpkeepConformanceSpec : UpkeepStoreConformance
{
    private readonly TemporaryFolder _folder = new();
    private SqliteNodeStore? _database;

    /// <inheritdoc/>
    protected override async Task<ReplicatedUpkeepStore> OpenAsync(UpkeepStoreSettings settings)
    {
        _database = await SqliteNodeStore.OpenAsync(new StorageSettings { DataFolder = _folder.Path }, default);
        return await Stores.OverAsync(_database, settings);
    }

    /// <inheritdoc/>
    protected override IDisposable? Break()
    {
        _database!.MaxPages = 1;
        return new Undo(() => _database.MaxPages = 0);
    }

    /// <inheritdoc/>
    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>Upkeep's values in PostgreSQL.</summary>
[NeedsPostgres]
public sealed class PostgresUpkeepConformanceSpec : UpkeepStoreConformance
{
    private string? _connectionString;

    /// <inheritdoc/>
    protected override async Task<ReplicatedUpkeepStore> OpenAsync(UpkeepStoreSettings settings)
    {
        _connectionString ??= await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        return await Stores.OverAsync(
            await NodeStore.OpenAsync(new StorageSettings { Provider = StorageProvider.PostgreSql, ConnectionString = _connectionString }, default), settings);
    }
}

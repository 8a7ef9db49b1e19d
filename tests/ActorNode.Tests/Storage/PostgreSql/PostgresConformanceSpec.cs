using ActorNode.Storage;
using ActorNode.Tests.Support;

namespace ActorNode.Tests.Storage.PostgreSql;

/// <summary>The PostgreSQL store keeps the contract.</summary>
[NeedsPostgres]
public sealed class PostgresConformanceSpec : NodeStoreConformance
{
    private string? _connectionString;

    /// <inheritdoc/>
    protected override async Task<INodeStore> OpenAsync()
    {
        _connectionString ??= await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        return await NodeStore.OpenAsync(new StorageSettings { Provider = StorageProvider.PostgreSql, ConnectionString = _connectionString }, default);
    }
}

using ActorNode.Storage;
using ActorNode.Tests.Support;

namespace ActorNode.Tests.Storage.Jobs;

/// <summary>The memory store lists jobs and runs.</summary>
public sealed class InMemoryJobListsSpec : JobListsConformance
{
    /// <inheritdoc/>
    protected override Task<INodeStore> OpenAsync() => NodeStore.OpenAsync(new StorageSettings { Provider = StorageProvider.Memory }, default);
}

/// <summary>The SQLite store lists jobs and runs.</summary>
public sealed class SqliteJobListsSpec : JobListsConformance
{
    private readonly TemporaryFolder _folder = new();

    /// <inheritdoc/>
    protected override Task<INodeStore> OpenAsync() => NodeStore.OpenAsync(new StorageSettings { DataFolder = _folder.Path }, default);

    /// <inheritdoc/>
    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>The PostgreSQL store lists jobs and runs.</summary>
[NeedsPostgres]
public sealed class PostgresJobListsSpec : JobListsConformance
{
    /// <inheritdoc/>
    protected override async Task<INodeStore> OpenAsync() => await NodeStore.OpenAsync(
        new StorageSettings { Provider = StorageProvider.PostgreSql, ConnectionString = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync() }, default);
}

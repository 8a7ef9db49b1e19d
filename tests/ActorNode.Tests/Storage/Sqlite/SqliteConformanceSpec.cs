using ActorNode.Storage;
using ActorNode.Tests.Support;

namespace ActorNode.Tests.Storage.Sqlite;

/// <summary>The SQLite store keeps the contract.</summary>
public sealed class SqliteConformanceSpec : NodeStoreConformance
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

using ActorNode.Storage;

namespace ActorNode.Tests.Storage;

/// <summary>The memory store keeps the contract, except that it ends with its object.</summary>
public sealed class InMemoryNodeStoreSpec : NodeStoreConformance
{
    /// <inheritdoc/>
    protected override bool Durable => false;

    /// <inheritdoc/>
    protected override Task<INodeStore> OpenAsync() => NodeStore.OpenAsync(new StorageSettings { Provider = StorageProvider.Memory }, default);
}

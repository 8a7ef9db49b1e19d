using System.Collections.Immutable;
using ActorNode.Storage;
using ActorNode.Upkeep;

namespace ActorNode.Lightning.Tests.Support;

/// <summary>An upkeep store in memory whose contents are taken and put back as a whole, and that fails when told to.</summary>
internal sealed class MemoryStore : IUpkeepStore
{
    public ImmutableDictionary<UpkeepKey, byte[]> Values { get; set; } = ImmutableDictionary<UpkeepKey, byte[]>.Empty;

    public bool Broken { get; set; }

    public Task<ReadOnlyMemory<byte>?> ReadAsync(UpkeepKey key, CancellationToken cancellationToken)
    {
        ThrowIfBroken();
        return Task.FromResult<ReadOnlyMemory<byte>?>(Values.TryGetValue(key, out var value) ? (ReadOnlyMemory<byte>?)value : null);
    }

    public Task WriteAsync(UpkeepKey key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        ThrowIfBroken();
        Values = Values.SetItem(key, value.ToArray());
        return Task.CompletedTask;
    }

    public Task RemoveAsync(UpkeepKey key, CancellationToken cancellationToken)
    {
        ThrowIfBroken();
        Values = Values.Remove(key);
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<UpkeepKey>> ListAsync(string primaryNamespace, string secondaryNamespace, CancellationToken cancellationToken)
    {
        ThrowIfBroken();
        return Task.FromResult<ImmutableArray<UpkeepKey>>(
            [.. Values.Keys.Where(k => k.PrimaryNamespace == primaryNamespace && k.SecondaryNamespace == secondaryNamespace)]);
    }

    private void ThrowIfBroken()
    {
        if (Broken)
            throw new StoreUnavailableException("out of order");
    }
}

using System.Collections.Immutable;

namespace ActorNode.Upkeep;

/// <summary>
/// Where upkeep's objects are kept: LDK's <c>KVStore</c>. Thread-safe. Writes of one key take effect in the order of the calls, also when
/// they overlap.
/// </summary>
public interface IUpkeepStore
{
    /// <summary>The value, or null when the key was never written or was removed.</summary>
    /// <exception cref="Storage.StoreUnavailableException">The store does not work now.</exception>
    Task<ReadOnlyMemory<byte>?> ReadAsync(UpkeepKey key, CancellationToken cancellationToken);

    /// <summary>Replaces the value, whole or not at all. When the task completes it is durable. The caller does not change the bytes meanwhile.</summary>
    /// <exception cref="Storage.StoreUnavailableException">The store does not work now; whether the value was replaced is unknown, and writing it again is harmless.</exception>
    Task WriteAsync(UpkeepKey key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken);

    /// <summary>Removes the value, if there is one. When the task completes that is durable.</summary>
    /// <exception cref="Storage.StoreUnavailableException">The store does not work now; removing again is harmless.</exception>
    Task RemoveAsync(UpkeepKey key, CancellationToken cancellationToken);

    /// <summary>The keys of one namespace, in no order.</summary>
    /// <exception cref="Storage.StoreUnavailableException">The store does not work now.</exception>
    Task<ImmutableArray<UpkeepKey>> ListAsync(string primaryNamespace, string secondaryNamespace, CancellationToken cancellationToken);
}

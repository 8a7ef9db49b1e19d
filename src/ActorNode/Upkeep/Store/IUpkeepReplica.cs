using ActorNode.Storage;

namespace ActorNode.Upkeep.Store;

/// <summary>
/// One place that keeps upkeep's values, each with the stamp of its write. Thread-safe; calls for different keys may overlap, those that
/// write one key never do: <see cref="ReplicatedUpkeepStore"/> sees to that.
/// </summary>
public interface IUpkeepReplica : IAsyncDisposable
{
    /// <summary>Where it is, for operators. Never a password.</summary>
    string Location { get; }

    /// <summary>What it holds.</summary>
    /// <exception cref="StoreUnavailableException">It does not work now.</exception>
    Task<UpkeepContents> ContentsAsync(CancellationToken cancellationToken);

    /// <summary>The value with its stamp, or null where there is none.</summary>
    /// <exception cref="StoreUnavailableException">It does not work now.</exception>
    /// <exception cref="UpkeepValueTooLargeException">The value has more bytes than the settings allow.</exception>
    Task<UpkeepValue?> ReadAsync(UpkeepKey key, CancellationToken cancellationToken);

    /// <summary>Replaces value and stamp, both or neither. When the task completes that is durable.</summary>
    /// <exception cref="StoreUnavailableException">It does not work now; whether the value was replaced is unknown.</exception>
    Task PutAsync(UpkeepKey key, UpkeepValue value);

    /// <summary>Removes the value, if there is one. When the task completes that is durable.</summary>
    /// <exception cref="StoreUnavailableException">It does not work now; whether the value was removed is unknown.</exception>
    Task RemoveAsync(UpkeepKey key, UpkeepStamp stamp);
}

using System.Collections.Immutable;
using ActorNode.Upkeep;

namespace ActorNode.Storage;

/// <summary>Reads of upkeep's values. Thread-safe, each call sees one consistent state. Every call may throw <see cref="StoreUnavailableException"/>.</summary>
public interface IUpkeepReader
{
    /// <summary>The value, or null where there is none.</summary>
    /// <exception cref="UpkeepValueTooLargeException">It has more than <paramref name="limit"/> bytes; nothing was allocated for it.</exception>
    ValueTask<UpkeepValue?> ReadAsync(UpkeepKey key, long limit, CancellationToken cancellationToken);

    /// <summary>What there is.</summary>
    ValueTask<UpkeepContents> ContentsAsync(CancellationToken cancellationToken);
}

/// <summary>A value and the write that made it.</summary>
public readonly record struct UpkeepValue(UpkeepStamp Stamp, ReadOnlyMemory<byte> Bytes);

/// <summary>What a place holds, without the bytes.</summary>
public sealed record UpkeepContents
{
    /// <summary>Nothing.</summary>
    public static readonly UpkeepContents Empty = new();

    /// <summary>The keys that have values.</summary>
    public ImmutableDictionary<UpkeepKey, UpkeepStamp> Values { get; init; } = ImmutableDictionary<UpkeepKey, UpkeepStamp>.Empty;

    /// <summary>The highest sequence that was ever written here, removals included.</summary>
    public long HighSequence { get; init; }

    /// <summary>The highest base of all that was ever written here, removals included.</summary>
    public long HighBase { get; init; }

    /// <summary>Databases: the highest number given to the parts of a value.</summary>
    public long HighValue { get; init; }

    /// <summary>Databases: numbers of parts that belong to no value, because the write did not come to its end.</summary>
    public ImmutableArray<long> Orphans { get; init; } = [];
}

/// <summary>A value is larger than the settings allow.</summary>
public sealed class UpkeepValueTooLargeException(UpkeepKey key, long bytes, long limit)
    : Exception($"The value of upkeep's key '{key}' has {bytes} bytes; actornode.upkeep.store.max-value-bytes allows {limit}.")
{
    /// <summary>Throws for a value beyond the limit.</summary>
    public static void Check(UpkeepKey key, long bytes, long limit)
    {
        if (bytes > limit)
            throw new UpkeepValueTooLargeException(key, bytes, limit);
    }
}

using System.Globalization;
using Akka.Util;

namespace Akka.Cluster.Sharding;

/// <summary>
/// Spreads entities over a fixed number of shards by a hash of their ids. The number must be the same on every node and must never
/// change; ten times the greatest number of nodes is usual.
/// </summary>
public abstract class HashCodeMessageExtractor : IMessageExtractor
{
    public readonly int MaxNumberOfShards;

    protected HashCodeMessageExtractor(int maxNumberOfShards)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxNumberOfShards);
        MaxNumberOfShards = maxNumberOfShards;
    }

    /// <summary>An extractor of two functions; without the second an entity gets each message as it is.</summary>
    public static HashCodeMessageExtractor Create(
        int maxNumberOfShards, Func<object, string?> entityIdExtractor, Func<object, object?>? messageExtractor = null) =>
        new Delegating(maxNumberOfShards, entityIdExtractor, messageExtractor ?? (message => message));

    public abstract string? EntityId(object message);

    public virtual object? EntityMessage(object message) => message;

    public virtual string? ShardId(object message) => (message is ShardRegion.StartEntity start ? start.EntityId : EntityId(message)) is { } id
        ? ShardId(id, message)
        : null;

    public virtual string ShardId(string entityId, object? messageHint = null) =>
        Math.Abs(MurmurHash.StringHash(entityId) % MaxNumberOfShards).ToString(CultureInfo.InvariantCulture);

    private sealed class Delegating(int maxNumberOfShards, Func<object, string?> entityId, Func<object, object?> entityMessage)
        : HashCodeMessageExtractor(maxNumberOfShards)
    {
        public override string? EntityId(object message) => entityId(message);

        public override object? EntityMessage(object message) => entityMessage(message);
    }
}

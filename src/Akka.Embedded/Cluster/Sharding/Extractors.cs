using Akka.Util;

namespace Akka.Cluster.Sharding;

/// <summary>The entity id and the message for the entity, or none where the message is for no entity.</summary>
public delegate Option<(string, object)> ExtractEntityId(object message);

/// <summary>The shard id of a message.</summary>
public delegate string ExtractShardId(object message);

/// <summary>Two delegates as an extractor.</summary>
internal sealed class DelegateMessageExtractor(ExtractEntityId entity, ExtractShardId shard) : IMessageExtractor
{
    public string? EntityId(object message) => entity(message) is { HasValue: true } found ? found.Value.Item1 : null;

    public object? EntityMessage(object message) => entity(message) is { HasValue: true } found ? found.Value.Item2 : null;

    public string? ShardId(object message) => shard(message);

    public string ShardId(string entityId, object? messageHint = null) =>
        shard(messageHint ?? throw new ArgumentNullException(nameof(messageHint)));
}

namespace Akka.Cluster.Sharding;

/// <summary>
/// Routes a message to the entity that it is for: pure functions, the same on every node and for good. A null entity id means that
/// the message is for no entity.
/// </summary>
public interface IMessageExtractor
{
    string? EntityId(object message);

    /// <summary>What the entity gets: the message itself, or what is in its envelope.</summary>
    object? EntityMessage(object message);

    string? ShardId(object message);

    string ShardId(string entityId, object? messageHint = null);
}

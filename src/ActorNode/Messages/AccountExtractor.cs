using ActorNode.Protocol.Messages;
using Akka.Cluster.Sharding;

namespace ActorNode.Messages;

/// <summary>Routes whatever carries an account id to that account's actor. Pure.</summary>
public sealed class AccountExtractor(int maxNumberOfShards) : HashCodeMessageExtractor(maxNumberOfShards)
{
    /// <summary>Must be the same on all nodes of a cluster, for good.</summary>
    public const int DefaultShards = 100;

    /// <inheritdoc/>
    public override string? EntityId(object message) => (message as IWithAccountId)?.AccountId.Value;
}

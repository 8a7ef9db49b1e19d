using System.Collections.Immutable;

namespace ActorNode.Protocol.Jobs;

/// <summary>A bridge to an external adapter: a kind of task that another program performs.</summary>
/// <param name="Name">What tasks call it, in lower case.</param>
/// <param name="Url">Where it is.</param>
/// <param name="Confirmations">Blocks that its tasks wait for at least.</param>
/// <param name="IncomingTokenHash">Hexadecimal SHA3-256 of <c>token-salt</c>, where the token is how the bridge proves itself.</param>
/// <param name="Salt">Of that hash.</param>
/// <param name="OutgoingToken">How the node proves itself to the bridge.</param>
/// <param name="MinimumContractPayment">What each of its tasks costs; null: nothing.</param>
public sealed record BridgeType(
    string Name, string Url, uint Confirmations, string IncomingTokenHash, string Salt, Secret OutgoingToken, Juels? MinimumContractPayment);

/// <summary>
/// What changes bridges. While their store cannot be reached the reply to each is <see cref="BridgeReplies.Unavailable"/>: it has no effect then,
/// or one that was not confirmed.
/// </summary>
public static class BridgeCommands
{
    /// <summary>Reply, after it is stored: <see cref="BridgeReplies.Created"/> or <see cref="BridgeReplies.Refused"/>.</summary>
    public sealed record Create(string Name, string Url, uint Confirmations = 0, Juels? MinimumContractPayment = null);

    /// <summary>Nulls stay as they are. Reply: <see cref="BridgeReplies.Updated"/>, <see cref="BridgeReplies.NotFound"/> or <see cref="BridgeReplies.Refused"/>.</summary>
    public sealed record Update(string Name, string? Url = null, uint? Confirmations = null, NewPayment? MinimumContractPayment = null);

    /// <summary>Another minimum payment; null: none.</summary>
    public sealed record NewPayment(Juels? Amount);

    /// <summary>
    /// Only a bridge that no job uses can be deleted. Reply: <see cref="BridgeReplies.Deleted"/>, <see cref="BridgeReplies.NotFound"/> or
    /// <see cref="BridgeReplies.InUse"/>.
    /// </summary>
    public sealed record Delete(string Name);
}

/// <summary>Questions about bridges.</summary>
public static class BridgeQueries
{
    /// <summary>Reply: <see cref="BridgeReplies.Found"/> or <see cref="BridgeReplies.NotFound"/>.</summary>
    public sealed record Find(string Name);

    /// <summary>Reply: <see cref="BridgeReplies.All"/>.</summary>
    public sealed record List
    {
        /// <summary>The only instance.</summary>
        public static readonly List Instance = new();

        private List()
        {
        }
    }
}

/// <summary>Answers to <see cref="BridgeCommands"/> and <see cref="BridgeQueries"/>.</summary>
public static class BridgeReplies
{
    /// <summary>The bridge is there. The only time that its incoming token is seen.</summary>
    public sealed record Created(BridgeType Bridge, Secret IncomingToken);

    /// <summary>The bridge as it is now.</summary>
    public sealed record Updated(BridgeType Bridge);

    /// <summary>The bridge as it was.</summary>
    public sealed record Deleted(BridgeType Bridge);

    /// <summary>These jobs use the bridge.</summary>
    public sealed record InUse(string Name, ImmutableArray<JobId> Jobs);

    /// <summary>There is no such bridge.</summary>
    public sealed record NotFound(string Name);

    /// <summary>All rules that are broken; nothing was changed.</summary>
    public sealed record Refused(ImmutableArray<string> Problems);

    /// <summary>The bridge.</summary>
    public sealed record Found(BridgeType Bridge);

    /// <summary>All bridges, by name.</summary>
    public sealed record All(ImmutableArray<BridgeType> Bridges);

    /// <summary>The store cannot be reached, or it is not known who uses the bridge.</summary>
    public sealed record Unavailable
    {
        /// <summary>The only instance.</summary>
        public static readonly Unavailable Instance = new();

        private Unavailable()
        {
        }
    }
}

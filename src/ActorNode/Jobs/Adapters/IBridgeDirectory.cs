using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Adapters;

/// <summary>The bridges of a node, as they are at the moment. Thread-safe and without waiting.</summary>
public interface IBridgeDirectory
{
    /// <summary>The bridge of that name, in lower case, or null.</summary>
    BridgeTerms? Find(string name);
}

/// <summary>What a task needs to know of a bridge.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Url">Where it is.</param>
/// <param name="OutgoingToken">What the node shows it. A secret.</param>
/// <param name="Confirmations">Blocks that its tasks wait for at least.</param>
/// <param name="MinimumPayment">What each of its tasks costs; null: nothing.</param>
public sealed record BridgeTerms(string Name, Uri Url, string OutgoingToken, uint Confirmations, Juels? MinimumPayment)
{
    /// <summary>Without the token.</summary>
    public override string ToString() => $"bridge {Name}";
}

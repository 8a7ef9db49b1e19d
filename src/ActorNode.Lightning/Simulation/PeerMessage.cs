using System.Text.Json.Serialization;

namespace ActorNode.Lightning.Simulation;

/// <summary>What a peer says. It repeats it after each connect until the node's next commitment shows that it knows.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Offer), "offer")]
[JsonDerivedType(typeof(Fulfill), "fulfill")]
[JsonDerivedType(typeof(Fail), "fail")]
internal abstract record PeerMessage(string Id, string Channel)
{
    /// <summary>A payment for this node, or to be forwarded to another peer.</summary>
    public sealed record Offer(string Id, string Channel, Htlc Htlc, string? ForwardTo) : PeerMessage(Id, Channel);

    /// <summary>An outgoing payment arrived.</summary>
    public sealed record Fulfill(string Id, string Channel, string HtlcId) : PeerMessage(Id, Channel);

    /// <summary>An outgoing payment failed: at a channel, which may be gone for good, or at its end.</summary>
    public sealed record Fail(string Id, string Channel, string HtlcId, ulong? ShortChannelId, bool Gone) : PeerMessage(Id, Channel);
}

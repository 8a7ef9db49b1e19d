namespace ActorNode.Upkeep;

/// <summary>
/// Something that happened to channels or payments. LDK: <c>Event</c>. The kinds that upkeep itself looks at are here; a binding derives its
/// own from this class for all the others.
/// </summary>
/// <param name="Id">
/// The same each time the event is delivered, and no other event's, of whatever source: a number that its source gives out with the name of
/// that source, or a hash of its encoding together with those.
/// </param>
public abstract record UpkeepEvent(string Id)
{
    /// <summary>What kind it is, for operators.</summary>
    public virtual string Kind => GetType().Name;

    /// <summary>The event in bytes, for <see cref="IChannelManager.ReadEvent"/>. LDK: <c>Event::write</c>.</summary>
    public abstract ReadOnlyMemory<byte> Encode();
}

/// <summary>A payment over one path failed. LDK: <c>PaymentPathFailed</c>.</summary>
/// <param name="Id">See <see cref="UpkeepEvent"/>.</param>
/// <param name="Path">The path it took.</param>
/// <param name="PaymentFailedPermanently">The recipient refused it: it reached the end of the path.</param>
/// <param name="ShortChannelId">Where it failed, if known.</param>
/// <param name="NetworkUpdate">What to learn of the network from it, if anything.</param>
public abstract record PaymentPathFailed(
    string Id, PaymentPath Path, bool PaymentFailedPermanently, ulong? ShortChannelId, NetworkUpdate? NetworkUpdate) : UpkeepEvent(Id);

/// <summary>A payment over one path arrived. LDK: <c>PaymentPathSuccessful</c>.</summary>
public abstract record PaymentPathSuccessful(string Id, PaymentPath Path) : UpkeepEvent(Id);

/// <summary>A probe reached its end. LDK: <c>ProbeSuccessful</c>.</summary>
public abstract record ProbeSuccessful(string Id, PaymentPath Path) : UpkeepEvent(Id);

/// <summary>A probe failed on its way. LDK: <c>ProbeFailed</c>.</summary>
public abstract record ProbeFailed(string Id, PaymentPath Path, ulong? ShortChannelId) : UpkeepEvent(Id);

/// <summary>What a failed payment says of the network. LDK: <c>NetworkUpdate</c>.</summary>
public abstract record NetworkUpdate
{
    private NetworkUpdate()
    {
    }

    /// <summary>A channel does not work, for good or for a while.</summary>
    public sealed record ChannelFailure(ulong ShortChannelId, bool IsPermanent) : NetworkUpdate;

    /// <summary>A node does not work, for good or for a while.</summary>
    public sealed record NodeFailure(string NodeId, bool IsPermanent) : NetworkUpdate;
}

using ActorNode.Upkeep;

namespace ActorNode.Lightning.Simulation;

/// <summary>The kinds of events in the simulated world.</summary>
internal enum EventKind
{
    PathSuccessful,
    PathFailed,
    ProbeSuccessful,
    ProbeFailed,
    PaymentSent,
    PaymentFailed,
    PaymentClaimable,
    PaymentClaimed,
    PaymentForwarded,
    ChannelPending,
    ChannelReady,
    ChannelClosed,
    SpendableOutputs,
    ConnectionNeeded,
}

/// <summary>An event as it is stored. <paramref name="Subject"/> is what it is about: a payment, a channel, an output, a peer.</summary>
internal sealed record EventData(
    string Id, EventKind Kind, string Subject, ulong AmountMsat = 0, PaymentPath? Path = null, ulong? ShortChannelId = null, bool Permanent = false, bool ChannelGone = false)
{
    /// <summary>The event as upkeep sees it.</summary>
    public UpkeepEvent ToEvent() => Kind switch
    {
        EventKind.PathSuccessful => new PathArrived(this),
        EventKind.PathFailed => new PathBroke(this),
        EventKind.ProbeSuccessful => new ProbeArrived(this),
        EventKind.ProbeFailed => new ProbeBroke(this),
        _ => new OtherEvent(this),
    };

    /// <summary>The stored event of one of the events made here.</summary>
    public static EventData? Of(UpkeepEvent upkeepEvent) => (upkeepEvent as IHasData)?.Data;

    private NetworkUpdate? Update => ShortChannelId is { } channel ? new NetworkUpdate.ChannelFailure(channel, ChannelGone) : null;

    private interface IHasData
    {
        EventData Data { get; }
    }

    private sealed record PathArrived(EventData Data) : PaymentPathSuccessful(Data.Id, Data.Path!), IHasData
    {
        public override string Kind => nameof(PaymentPathSuccessful);

        public override ReadOnlyMemory<byte> Encode() => Encoding.Of(Data);
    }

    private sealed record PathBroke(EventData Data)
        : PaymentPathFailed(Data.Id, Data.Path!, Data.Permanent, Data.ShortChannelId, Data.Update), IHasData
    {
        public override string Kind => nameof(PaymentPathFailed);

        public override ReadOnlyMemory<byte> Encode() => Encoding.Of(Data);
    }

    private sealed record ProbeArrived(EventData Data) : ProbeSuccessful(Data.Id, Data.Path!), IHasData
    {
        public override string Kind => nameof(ProbeSuccessful);

        public override ReadOnlyMemory<byte> Encode() => Encoding.Of(Data);
    }

    private sealed record ProbeBroke(EventData Data) : ProbeFailed(Data.Id, Data.Path!, Data.ShortChannelId), IHasData
    {
        public override string Kind => nameof(ProbeFailed);

        public override ReadOnlyMemory<byte> Encode() => Encoding.Of(Data);
    }

    private sealed record OtherEvent(EventData Data) : UpkeepEvent(Data.Id), IHasData
    {
        public override string Kind => Data.Kind.ToString();

        public override ReadOnlyMemory<byte> Encode() => Encoding.Of(Data);
    }
}

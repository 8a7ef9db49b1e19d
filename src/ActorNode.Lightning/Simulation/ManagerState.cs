using System.Collections.Immutable;
using ActorNode.Upkeep;

namespace ActorNode.Lightning.Simulation;

/// <summary>A payment or probe that this node sent.</summary>
internal sealed record SentPayment(string Channel, PaymentPath Route, ulong AmountMsat, bool Probe);

/// <summary>A payment that came in, by its channel and HTLC.</summary>
internal sealed record Incoming(string Channel, string HtlcId, ulong AmountMsat);

/// <summary>A payment to be forwarded with the next batch, or, without a peer, for this node.</summary>
internal sealed record PendingForward(Incoming From, string? To);

/// <summary>A payment for this node that nobody has claimed yet, and the timer ticks that saw it so.</summary>
internal sealed record Claimable(Incoming From, int Ticks);

/// <summary>Everything that the channel manager knows, and that is lost when it is not persisted. Immutable.</summary>
internal sealed record ManagerState
{
    public ImmutableSortedDictionary<string, ChannelState> Channels { get; init; } = Empty<ChannelState>();

    /// <summary>Operations, in order, that the peers do not know of yet.</summary>
    public ImmutableList<MonitorOperation> Operations { get; init; } = [];

    public long LastOperation { get; init; }

    public long LastNumber { get; init; }

    public ImmutableSortedDictionary<string, SentPayment> Sent { get; init; } = Empty<SentPayment>();

    /// <summary>Outgoing HTLCs that forward an incoming one.</summary>
    public ImmutableSortedDictionary<string, Incoming> Forwarded { get; init; } = Empty<Incoming>();

    public ImmutableList<PendingForward> PendingForwards { get; init; } = [];

    public ImmutableSortedDictionary<string, Claimable> Claimable { get; init; } = Empty<Claimable>();

    public ImmutableList<EventData> Events { get; init; } = [];

    private static ImmutableSortedDictionary<string, T> Empty<T>() => ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);
}

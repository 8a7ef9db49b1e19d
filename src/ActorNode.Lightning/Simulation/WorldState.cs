using System.Collections.Immutable;
using ActorNode.Upkeep;

namespace ActorNode.Lightning.Simulation;

/// <summary>A channel of the public network, with the balance that nobody but its two nodes knows.</summary>
internal sealed record NetworkChannel(ulong ShortChannelId, string NodeA, string NodeB, ulong CapacityMsat, ulong BalanceA, DateTimeOffset? BrokenUntil = null)
{
    public string Other(string node) => node == NodeA ? NodeB : NodeA;

    public ulong BalanceOf(string node) => node == NodeA ? BalanceA : CapacityMsat - BalanceA;

    public NetworkChannel Pay(string from, ulong amount) => this with { BalanceA = from == NodeA ? BalanceA - amount : BalanceA + amount };
}

/// <summary>A payment that left the node and has no outcome yet. Without a route its peer is the recipient.</summary>
internal sealed record Journey(string Channel, Htlc Htlc, PaymentPath? Route, bool Probe, DateTimeOffset Due);

/// <summary>A closing transaction that waits for a block that takes its fee.</summary>
internal sealed record Closing(string Channel, int Feerate);

/// <summary>What a channel that was closed by force left for the node, from a height on, until it is swept.</summary>
internal sealed record Output(string Id, ulong AmountMsat, int MatureAt, int? SweptAt, bool SweepBroadcast);

/// <summary>
/// Everything outside the node that outlives it: the chain, the peers' side of all channels, what they will say, the public network.
/// Immutable; money is conserved.
/// </summary>
internal sealed record WorldState(string Node, ImmutableArray<string> Peers)
{
    public int Height { get; init; } = 800_000;

    /// <summary>The money that there was in the beginning.</summary>
    public ulong TotalMsat { get; init; }

    public ulong NodeWalletMsat { get; init; }

    public ulong PeersWalletMsat { get; init; }

    public ulong FeesMsat { get; init; }

    public long Counter { get; init; }

    /// <summary>The peers' side of each channel, written from the node's point of view: its local balance is the node's.</summary>
    public ImmutableSortedDictionary<string, ChannelState> Channels { get; init; } = Empty<ChannelState>();

    /// <summary>The heights at which channels were funded.</summary>
    public ImmutableSortedDictionary<string, int> FundedAt { get; init; } = Empty<int>();

    /// <summary>The heights at which closing transactions were confirmed.</summary>
    public ImmutableSortedDictionary<string, int> SettledAt { get; init; } = Empty<int>();

    public ImmutableSortedDictionary<string, Closing> Mempool { get; init; } = Empty<Closing>();

    public ImmutableSortedDictionary<string, Output> Outputs { get; init; } = Empty<Output>();

    public ImmutableList<PeerMessage> Outbox { get; init; } = [];

    public ImmutableList<Journey> Journeys { get; init; } = [];

    public ImmutableSortedDictionary<ulong, NetworkChannel> Network { get; init; } = ImmutableSortedDictionary<ulong, NetworkChannel>.Empty;

    /// <summary>All the money of the node and its peers, wherever it is now.</summary>
    public ulong SupplyMsat => NodeWalletMsat + PeersWalletMsat + FeesMsat
        + Channels.Values.Where(c => !SettledAt.ContainsKey(c.Id)).Aggregate(0UL, (sum, c) => sum + c.CapacityMsat)
        + Outputs.Values.Where(o => o.SweptAt is null).Aggregate(0UL, (sum, o) => sum + o.AmountMsat);

    private static ImmutableSortedDictionary<string, T> Empty<T>() => ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);
}

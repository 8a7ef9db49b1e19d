using System.Collections.Immutable;

namespace ActorNode.Lightning.Simulation;

/// <summary>How the simulated Lightning node is, at one moment. Counts are since it was opened.</summary>
public sealed record LightningStatus
{
    public required int Height { get; init; }

    public required int Peers { get; init; }

    public required int PeersConnected { get; init; }

    public required int ChannelsOpen { get; init; }

    public required int ChannelsOpening { get; init; }

    /// <summary>Channels that are closed and not yet resolved for good.</summary>
    public required int Monitors { get; init; }

    public required ulong LocalMsat { get; init; }

    public required ulong WalletMsat { get; init; }

    public required long PaymentsSent { get; init; }

    public required long PaymentsFailed { get; init; }

    public required long PaymentsReceived { get; init; }

    public required long PaymentsForwarded { get; init; }

    public required long Probes { get; init; }

    /// <summary>HTLCs on the way.</summary>
    public required int HtlcsPending { get; init; }

    /// <summary>Operations that no peer knows of yet.</summary>
    public required int OperationsPending { get; init; }

    public required int EventsPending { get; init; }

    public required long EventsHandled { get; init; }

    public required long EventsRepeated { get; init; }

    public required long Pings { get; init; }

    public required long Disconnects { get; init; }

    public required long Rebroadcasts { get; init; }

    public required long ChannelsClosed { get; init; }

    public required long OutputsSwept { get; init; }

    public required long MonitorsArchived { get; init; }

    public required int GraphChannels { get; init; }

    public required bool GossipSynced { get; init; }

    public required long GraphPruned { get; init; }

    public required int ChannelsPenalized { get; init; }

    public required long OnionMessages { get; init; }

    public required long OnionMessagesDropped { get; init; }

    public required long LiquidityOrders { get; init; }

    /// <summary>What must never happen and did.</summary>
    public required ImmutableList<string> Violations { get; init; }
}

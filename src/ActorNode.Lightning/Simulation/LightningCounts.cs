namespace ActorNode.Lightning.Simulation;

/// <summary>What happened since the simulation was opened. Guarded by the world's gate.</summary>
internal sealed class LightningCounts
{
    public long PaymentsSent { get; set; }

    public long PaymentsFailed { get; set; }

    public long PaymentsReceived { get; set; }

    public long PaymentsForwarded { get; set; }

    public long Probes { get; set; }

    public long Commitments { get; set; }

    public long Events { get; set; }

    public long ChannelsOpened { get; set; }

    public long ChannelsClosed { get; set; }

    public long ManagerTicks { get; set; }

    public long Pings { get; set; }

    public long Disconnects { get; set; }

    public long Rebroadcasts { get; set; }

    public long OutputsSwept { get; set; }

    public long MonitorsArchived { get; set; }

    public long Pruned { get; set; }

    public long OnionMessages { get; set; }

    public long OnionMessagesDropped { get; set; }

    public long LiquidityOrders { get; set; }
}

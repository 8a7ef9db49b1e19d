namespace ActorNode.Upkeep;

/// <summary>Everything that upkeep takes care of. What is null does not exist in this node, and its ticks are skipped.</summary>
public sealed record UpkeepPorts
{
    /// <summary>The channels.</summary>
    public required IChannelManager ChannelManager { get; init; }

    /// <summary>The chain's watcher.</summary>
    public required IChainMonitor ChainMonitor { get; init; }

    /// <summary>The peers.</summary>
    public required IPeerManager PeerManager { get; init; }

    /// <summary>The application's event handler.</summary>
    public required IEventHandler EventHandler { get; init; }

    /// <summary>Where manager, graph, scorer and parked events are kept.</summary>
    public required IUpkeepStore Store { get; init; }

    /// <summary>Where gossip comes from, with the graph it feeds.</summary>
    public IGossipSync? GossipSync { get; init; }

    /// <summary>The scorer.</summary>
    public IScorer? Scorer { get; init; }

    /// <summary>The onion messenger.</summary>
    public IOnionMessenger? OnionMessenger { get; init; }

    /// <summary>The liquidity manager.</summary>
    public ILiquidityManager? LiquidityManager { get; init; }

    /// <summary>The sweeper.</summary>
    public ISweeper? Sweeper { get; init; }
}

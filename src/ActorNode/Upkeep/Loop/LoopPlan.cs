namespace ActorNode.Upkeep;

/// <summary>What of a node's optional parts exists.</summary>
internal sealed record LoopPlan(UpkeepTickSettings Ticks, TimeSpan SleepThreshold)
{
    public bool Gossip { get; init; }

    public bool RapidGossip { get; init; }

    public bool Scorer { get; init; }

    public bool OnionMessenger { get; init; }

    public bool LiquidityManager { get; init; }

    public bool Sweeper { get; init; }

    public static LoopPlan Of(UpkeepContext context) => new(context.Settings.Ticks, context.Settings.Sleep.Threshold)
    {
        Gossip = context.Ports.GossipSync is not null,
        RapidGossip = context.Ports.GossipSync is { IsRapid: true },
        Scorer = context.Ports.Scorer is not null,
        OnionMessenger = context.Ports.OnionMessenger is not null,
        LiquidityManager = context.Ports.LiquidityManager is not null,
        Sweeper = context.Ports.Sweeper is not null,
    };

    /// <summary>Whether this node has that tick.</summary>
    public bool Has(UpkeepTick tick) => tick switch
    {
        UpkeepTick.Prune => Gossip,
        UpkeepTick.Scorer => Scorer,
        UpkeepTick.Sweep => Sweeper,
        UpkeepTick.OnionMessages => OnionMessenger,
        _ => true,
    };

    /// <summary>The delay of a tick from the start of the loop.</summary>
    public TimeSpan First(UpkeepTick tick) => tick switch
    {
        UpkeepTick.HtlcBatch => Ticks.FirstHtlcBatch,
        UpkeepTick.Archive => Ticks.FirstArchive,
        UpkeepTick.Prune => Ticks.FirstPrune,
        _ => Interval(tick),
    };

    /// <summary>The delay of a tick that ran; a batch of HTLCs draws its own.</summary>
    public TimeSpan Interval(UpkeepTick tick) => tick switch
    {
        UpkeepTick.Freshness => Ticks.Freshness,
        UpkeepTick.Archive => Ticks.Archive,
        UpkeepTick.Prune => Ticks.Prune,
        UpkeepTick.Scorer => Ticks.Scorer,
        UpkeepTick.Sweep => Ticks.Sweep,
        UpkeepTick.OnionMessages => Ticks.OnionMessages,
        UpkeepTick.Ping => Ticks.Ping,
        UpkeepTick.Rebroadcast => Ticks.Rebroadcast,
        _ => throw new ArgumentOutOfRangeException(nameof(tick), tick, "draws its delay"),
    };

    /// <summary>The tick that a step carries out, if it does.</summary>
    public static UpkeepTick? TickOf(LoopStep step) => step switch
    {
        LoopStep.HtlcForwards => UpkeepTick.HtlcBatch,
        LoopStep.ManagerTick => UpkeepTick.Freshness,
        LoopStep.ArchiveMonitors => UpkeepTick.Archive,
        LoopStep.SaveScorer => UpkeepTick.Scorer,
        LoopStep.OnionTick => UpkeepTick.OnionMessages,
        LoopStep.PeerTick => UpkeepTick.Ping,
        LoopStep.Rebroadcast => UpkeepTick.Rebroadcast,
        _ => null,
    };
}

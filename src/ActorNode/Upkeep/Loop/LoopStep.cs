namespace ActorNode.Upkeep;

/// <summary>
/// What the loop does, in this order and never two at once: the startup once, then head and tail in turn with the wait between them, the
/// final sequence at the end. The tick of the manager comes before its persistence, so that what it changed is saved in the same pass; events
/// come right before the wait, so that what they changed is persisted next and not preceded by other callbacks.
/// </summary>
internal enum LoopStep
{
    /// <summary>An earlier loop's deliveries of events have ended.</summary>
    Settle,
    StartupManagerTick,
    StartupRebroadcast,

    /// <summary>Events of manager, monitors and messenger, in this order.</summary>
    Events,

    /// <summary>Deliberately the last of the group: it may block on the manager, and then persistence comes next.</summary>
    PeerEvents,
    HtlcForwards,

    Wait,

    ManagerTick,
    PersistManager,
    PersistLiquidityManager,
    ArchiveMonitors,
    Prune,
    FirstScorerDecay,
    SaveScorer,
    Sweep,
    OnionTick,

    /// <summary>A ping that is late may be one after a sleep: the clock guard is asked first.</summary>
    CheckClock,
    DisconnectPeers,
    PeerTick,
    Rebroadcast,

    FinalDisconnect,
    FinalManager,
    FinalScorer,
    FinalGraph,
    FinalLiquidityManager,
    Ended,
}

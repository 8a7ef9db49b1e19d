namespace ActorNode.Upkeep;

/// <summary>Carries onion messages. LDK: <c>OnionMessenger</c>.</summary>
public interface IOnionMessenger : IEventsProvider
{
    /// <summary>Raised, on any thread, when there are events to handle. LDK: <c>get_update_future</c>.</summary>
    event Action? UpdateNeeded;

    /// <summary>Drops what waits for peers that did not connect within two ticks. LDK: <c>timer_tick_occurred</c>.</summary>
    void TimerTickOccurred();
}

/// <summary>Buys and sells liquidity. LDK: <c>LiquidityManager</c>. It knows by itself what of it is to be written.</summary>
public interface ILiquidityManager
{
    /// <summary>Raised, on any thread, when there is something to persist. LDK: <c>get_pending_msgs_or_needs_persist_future</c>.</summary>
    event Action? MessagesOrPersistenceNeeded;

    /// <summary>Writes what changed, if anything did. Upkeep never calls it while a call is under way. LDK: <c>persist</c>.</summary>
    Task PersistAsync(CancellationToken cancellationToken);
}

/// <summary>Brings the outputs of closed channels home. LDK: <c>OutputSweeper</c>. It persists itself.</summary>
public interface ISweeper
{
    /// <summary>
    /// Makes and broadcasts new spending transactions for what is not confirmed. Upkeep never calls it while a call is under way. LDK:
    /// <c>regenerate_and_broadcast_spend_if_necessary</c>.
    /// </summary>
    Task RegenerateAndBroadcastSpendIfNecessaryAsync(CancellationToken cancellationToken);
}

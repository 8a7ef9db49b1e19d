namespace ActorNode.Upkeep;

/// <summary>
/// The state of all channels: LDK's <c>ChannelManager</c>. It is the critical object: a payment may be lost when an older state than the
/// peers' comes back after a crash. Upkeep calls it from one place at a time, except where a member says otherwise.
/// </summary>
public interface IChannelManager : IEventsProvider
{
    /// <summary>
    /// Raised, on any thread, when there are events to handle or a state to persist. LDK: <c>get_event_or_persistence_needed_future</c>.
    /// Repeated notices are one; upkeep looks at everything once after it subscribed, so none is missed.
    /// </summary>
    event Action? EventOrPersistenceNeeded;

    /// <summary>Time passed: fees, stale channels, expiries. LDK: <c>timer_tick_occurred</c>.</summary>
    void TimerTickOccurred();

    /// <summary>Whether there are HTLCs to forward or to fail. LDK: <c>needs_pending_htlc_processing</c>.</summary>
    bool NeedsPendingHtlcProcessing { get; }

    /// <summary>Forwards or fails the HTLCs that wait for the next batch. LDK: <c>process_pending_htlc_forwards</c>.</summary>
    void ProcessPendingHtlcForwards();

    /// <summary>
    /// Whether the state changed since the last call. True is said once, so upkeep remembers it. LDK:
    /// <c>get_and_clear_needs_persistence</c>.
    /// </summary>
    bool GetAndClearNeedsPersistence();

    /// <summary>The whole state, as it is now. LDK: <c>encode</c>.</summary>
    ReadOnlyMemory<byte> Encode();

    /// <summary>
    /// Reads an event of this manager, its monitors or its messenger back from <see cref="UpkeepEvent.Encode"/>; null: it is not understood
    /// any more. LDK: <c>Event::read</c>. Used for parked events after a restart of the process.
    /// </summary>
    UpkeepEvent? ReadEvent(ReadOnlySpan<byte> encoded);
}

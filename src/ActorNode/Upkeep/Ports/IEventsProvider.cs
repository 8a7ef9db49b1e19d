namespace ActorNode.Upkeep;

/// <summary>A source of events, in order. LDK: <c>EventsProvider</c>.</summary>
public interface IEventsProvider
{
    /// <summary>
    /// Hands the waiting events to <paramref name="handler"/>, one after the other, each only when the one before was handled. At the first
    /// that is to be replayed it stops, forgets those before it and keeps that one and the rest for the next call (a source with independent
    /// queues, such as one per monitor, does so for each queue and goes on with the others). Completes when it has nothing more to hand over.
    /// A second call while one is under way returns at once. LDK: <c>process_pending_events_async</c>.
    /// </summary>
    /// <remarks>Delivery is at least once: after a crash events may come again, with the same <see cref="UpkeepEvent.Id"/>.</remarks>
    Task ProcessPendingEventsAsync(Func<UpkeepEvent, ValueTask<EventResult>> handler);
}

/// <summary>What became of an event.</summary>
/// <param name="Reason">Why it is to come again; null when it was handled.</param>
public readonly record struct EventResult(string? Reason)
{
    /// <summary>It was handled and never comes again.</summary>
    public static EventResult Handled => default;

    /// <summary>It is to come again. LDK: <c>ReplayEvent</c>.</summary>
    public static EventResult Replay(string reason) => new(reason);

    /// <summary>Whether it is to come again.</summary>
    public bool IsReplay => Reason is not null;
}

/// <summary>
/// The application's own handling of events. LDK: <c>EventHandler</c>. It must be idempotent, since delivery is at least once.
/// </summary>
public interface IEventHandler
{
    /// <summary>
    /// Handles one event; the next one of the same source waits for it, and so does the persistence of the manager. What it throws counts as
    /// a replay. The token is cancelled when the handler took longer than <c>actornode.upkeep.events.timeout</c> or the node stops.
    /// </summary>
    ValueTask<EventResult> HandleEventAsync(UpkeepEvent upkeepEvent, CancellationToken cancellationToken);
}

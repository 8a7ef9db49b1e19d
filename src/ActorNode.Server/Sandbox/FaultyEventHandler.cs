using ActorNode.Upkeep;

namespace ActorNode.Server.Sandbox;

/// <summary>The application's event handler, which can be broken: it throws a few times, hangs once, or refuses one event. Thread-safe.</summary>
internal sealed class FaultyEventHandler(IEventHandler inner) : IEventHandler
{
    private int _failures;
    private int _hangs;
    private int _poisoned;
    private volatile string? _refused;
    private long _handled;

    /// <summary>Events handled.</summary>
    public long Handled => Interlocked.Read(ref _handled);

    /// <summary>The event that is refused until <see cref="Repair"/>.</summary>
    public string? Refused => _refused;

    /// <summary>Throws at the next deliveries.</summary>
    public void Fail(int deliveries) => Interlocked.Exchange(ref _failures, deliveries);

    /// <summary>Does not answer the next delivery, until it is cancelled.</summary>
    public void HangOnce() => Interlocked.Exchange(ref _hangs, 1);

    /// <summary>Refuses the next event, at every delivery.</summary>
    public void RefuseNext() => Interlocked.Exchange(ref _poisoned, 1);

    /// <summary>Refuses nothing any more.</summary>
    public void Repair() => _refused = null;

    public async ValueTask<EventResult> HandleEventAsync(UpkeepEvent upkeepEvent, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _poisoned, 0) == 1)
            _refused = upkeepEvent.Id;
        if (upkeepEvent.Id == _refused)
            return EventResult.Replay("the sandbox made the handler refuse this event");
        if (Interlocked.Exchange(ref _hangs, 0) == 1)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        if (Volatile.Read(ref _failures) > 0 && Interlocked.Decrement(ref _failures) >= 0)
            throw new InvalidOperationException("the sandbox made the handler fail");
        var result = await inner.HandleEventAsync(upkeepEvent, cancellationToken);
        if (!result.IsReplay)
            Interlocked.Increment(ref _handled);
        return result;
    }
}

using ActorNode.Protocol.Upkeep;
using ActorNode.Storage;

namespace ActorNode.Upkeep;

/// <summary>
/// What is known of events beyond one delivery: failed attempts, which ones are decorated, which ones are parked. It outlives restarts of the
/// loop and of the pump, not the process; parked events are read back from the store. Touched on the pump's turns only.
/// </summary>
internal sealed class EventMemory(UpkeepEventSettings settings)
{
    /// <summary>Sources forget an event once it is handled, so ids are needed for a little longer than events are under way.</summary>
    private const int MostDecorated = 4096;

    /// <summary>A source may forget an event that was not handled, as onion messengers do: nobody says so.</summary>
    private const int MostFailing = 1024;

    private readonly Dictionary<string, Trouble> _failing = new(StringComparer.Ordinal);
    private readonly HashSet<string> _decorated = new(StringComparer.Ordinal);
    private readonly Queue<string> _decoratedOrder = [];
    private readonly Dictionary<string, Task> _abandoned = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, ParkedEvent> _parked = new(StringComparer.Ordinal);

    /// <summary>The sources' calls of the last round, which may outlive the pump that made them.</summary>
    public Task Sources { get; set; } = Task.CompletedTask;

    public long Handled { get; private set; }

    public long Replays { get; private set; }

    public string? LastError { get; private set; }

    public IReadOnlyCollection<ParkedEvent> Parked => _parked.Values;

    /// <summary>The event that failed and waits for its next attempt the longest, if any does.</summary>
    public Trouble? Worst => _failing.Count == 0 ? null : _failing.Values.MaxBy(t => t.Attempts);

    /// <summary>Failed events that are remembered.</summary>
    public int Failing => _failing.Count;

    public bool IsParked(string id) => _parked.ContainsKey(id);

    /// <summary>Whether it is parked itself; not another one, whose source gave it the same id.</summary>
    public bool IsParked(UpkeepEvent offered) => _parked.TryGetValue(offered.Id, out var parked) && parked.Kind == offered.Kind;

    /// <summary>
    /// Why the event is not to be handed over yet; null: it is. A wait that is longer than any back-off comes from a clock that was set back.
    /// </summary>
    public string? BackingOff(string id, DateTimeOffset now) =>
        _failing.TryGetValue(id, out var trouble) && trouble.NextAttempt > now && trouble.NextAttempt - now <= settings.MaxBackoff ? trouble.Error : null;

    /// <summary>Which attempt comes next, from 1.</summary>
    public int NextAttemptOf(string id) => _failing.TryGetValue(id, out var trouble) ? trouble.Attempts + 1 : 1;

    /// <summary>True the first time that it is asked for an event.</summary>
    public bool Decorate(string id)
    {
        if (!_decorated.Add(id))
            return false;
        _decoratedOrder.Enqueue(id);
        while (_decoratedOrder.Count > MostDecorated)
        {
            var oldest = _decoratedOrder.Dequeue();

            // What failed comes again, however long ago that was; there are fewer of those than have room here.
            if (_failing.ContainsKey(oldest))
                _decoratedOrder.Enqueue(oldest);
            else
                _decorated.Remove(oldest);
        }

        return true;
    }

    /// <summary>A call of the handler that was given up and did not end yet: the same event is not handed over while it runs.</summary>
    public void Abandon(string id, Task call)
    {
        foreach (var (ended, _) in _abandoned.Where(entry => entry.Value.IsCompleted).ToList())
            _abandoned.Remove(ended);
        _abandoned[id] = call;
    }

    public bool IsStillRunning(string id)
    {
        if (!_abandoned.TryGetValue(id, out var call))
            return false;
        if (!call.IsCompleted)
            return true;
        _abandoned.Remove(id);
        return false;
    }

    public void Succeeded(string id)
    {
        Handled++;
        _failing.Remove(id);
    }

    /// <summary>One more failed attempt. Returns true when it was the last one that the settings allow.</summary>
    public bool Failed(UpkeepEvent failed, string error, DateTimeOffset now, double random)
    {
        Replays++;
        LastError = error;
        var attempts = NextAttemptOf(failed.Id);
        _failing[failed.Id] = new Trouble(
            failed.Id, failed.Kind, attempts, now, now + Backoff.Delay(attempts, settings.MinBackoff, settings.MaxBackoff, random), error);
        if (_failing.Count > MostFailing)
            _failing.Remove(_failing.Values.MinBy(t => t.At)!.Id);
        return attempts >= settings.MaxAttempts;
    }

    public int AttemptsOf(string id) => _failing.TryGetValue(id, out var trouble) ? trouble.Attempts : 0;

    /// <summary>When the event is tried again.</summary>
    public DateTimeOffset? NextAttemptAt(string id) => _failing.TryGetValue(id, out var trouble) ? trouble.NextAttempt : null;

    public void Park(ParkedEvent parked)
    {
        _failing.Remove(parked.Id);
        _parked[parked.Id] = parked;
    }

    public void Unpark(string id) => _parked.Remove(id);

    /// <summary>A failed event between two attempts.</summary>
    internal sealed record Trouble(string Id, string Kind, int Attempts, DateTimeOffset At, DateTimeOffset NextAttempt, string Error);
}

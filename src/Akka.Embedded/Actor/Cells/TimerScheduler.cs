namespace Akka.Actor;

/// <summary>What a timer sends. It is unwrapped by the owner's cell; anywhere else (dead letters) it is an envelope.</summary>
internal sealed class TimerMessage(TimerScheduler owner, object key, int generation, object message) : INoSerializationVerificationNeeded, IWrappedMessage
{
    public TimerScheduler Owner { get; } = owner;

    public object Key { get; } = key;

    public int Generation { get; } = generation;

    public object Message { get; } = message;

    public override string ToString() => $"{Message} (timer {Key})";
}

/// <summary>
/// The timers of one incarnation. A message counts only if it comes from this instance, under a known key, of the present
/// generation: so cancelling also reaches what is already in the mailbox.
/// </summary>
internal sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    private readonly Dictionary<object, ActiveTimer> _timers = [];
    private int _generation;

    public IReadOnlyCollection<object> ActiveTimers => _timers.Keys;

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval) => Start(key, msg, interval, interval, ActorRefs.NoSender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef sender) => Start(key, msg, interval, interval, sender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval) =>
        Start(key, msg, initialDelay, interval, ActorRefs.NoSender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef sender) =>
        Start(key, msg, initialDelay, interval, sender);

    public void StartSingleTimer(object key, object msg, TimeSpan timeout) => Start(key, msg, timeout, null, ActorRefs.NoSender);

    public void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef sender) => Start(key, msg, timeout, null, sender);

    public bool IsTimerActive(object key) => _timers.ContainsKey(key);

    public void Cancel(object key)
    {
        if (!_timers.Remove(key, out var timer))
            return;
        Debug("Cancel", key);
        timer.Scheduled.Cancel();
    }

    public void CancelAll()
    {
        foreach (var timer in _timers.Values)
            timer.Scheduled.Cancel();
        _timers.Clear();
    }

    internal bool TryAccept(TimerMessage message)
    {
        if (!ReferenceEquals(cell.Timers, this) || !_timers.TryGetValue(message.Key, out var timer) || timer.Generation != message.Generation)
            return false;
        if (!timer.Repeats)
            _timers.Remove(message.Key);
        return true;
    }

    private void Start(object key, object msg, TimeSpan delay, TimeSpan? interval, IActorRef sender)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(msg);
        Cancel(key);
        var generation = ++_generation;
        var message = new TimerMessage(this, key, generation, msg);
        var scheduler = cell.System.Scheduler;
        var scheduled = interval is { } repeat
            ? scheduler.ScheduleTellRepeatedlyCancelable(delay, repeat, cell.Self, message, sender)
            : scheduler.ScheduleTellOnceCancelable(delay, cell.Self, message, sender);
        _timers[key] = new ActiveTimer(generation, interval is not null, scheduled);
        Debug("Start", key);
    }

    private void Debug(string what, object key)
    {
        if (cell.System.Settings.DebugTimerScheduler)
            cell.System.PublishDebug(cell.Self.Path.ToString(), GetType(), $"{what} timer [{key}] with generation [{_generation}]");
    }

    private readonly record struct ActiveTimer(int Generation, bool Repeats, ICancelable Scheduled);
}

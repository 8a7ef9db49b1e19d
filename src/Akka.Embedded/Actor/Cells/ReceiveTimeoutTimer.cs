namespace Akka.Actor;

/// <summary>
/// The receive timeout of one actor: one scheduled message, set anew after each message that influences it. A change takes
/// effect when the current handler has ended.
/// </summary>
internal sealed class ReceiveTimeoutTimer(ActorCell cell)
{
    private ICancelable? _scheduled;
    private TimeSpan? _armed;

    public TimeSpan? Timeout { get; private set; }

    /// <summary>Takes effect when the current message has been handled.</summary>
    public void Set(TimeSpan? timeout)
    {
        Timeout = timeout;
        if (timeout is null)
            Disarm();
    }

    public void AfterMessage(object message)
    {
        if (Timeout is not { } timeout || (message is INotInfluenceReceiveTimeout && _armed == timeout))
            return;
        Disarm();
        _armed = timeout;
        _scheduled = cell.System.Scheduler.ScheduleTellOnceCancelable(timeout, cell.Self, ReceiveTimeout.Instance, cell.Self);
    }

    public void Disarm()
    {
        _scheduled?.Cancel();
        _scheduled = null;
        _armed = null;
    }
}

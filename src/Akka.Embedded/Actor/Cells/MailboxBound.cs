namespace Akka.Actor;

/// <summary>
/// Limits a mailbox. A sender that finds it full waits up to the push timeout; then its message is a dead letter. A negative
/// timeout waits for ever.
/// </summary>
internal sealed class MailboxBound(int capacity, TimeSpan pushTimeout) : MailboxPolicy
{
    private readonly Lock _gate = new();
    private readonly object _space = new();
    private int _count;

    public override bool TryAccept(ref object message, ref IActorRef sender)
    {
        if (TryTake())
            return true;
        if (pushTimeout == TimeSpan.Zero)
            return false;
        var deadline = pushTimeout < TimeSpan.Zero ? long.MaxValue : Environment.TickCount64 + (long)pushTimeout.TotalMilliseconds;
        lock (_space)
        {
            while (!TryTake())
            {
                var left = deadline - Environment.TickCount64;
                if (left <= 0)
                    return false;
                Monitor.Wait(_space, (int)Math.Min(left, 1000));
            }
        }

        return true;
    }

    public override void Accept(ref object message, ref IActorRef sender)
    {
        lock (_gate)
            _count++;
    }

    public override bool TryRelease(ref object message, ref IActorRef sender)
    {
        bool wasFull;
        lock (_gate)
            wasFull = _count-- >= capacity;
        if (wasFull)
        {
            lock (_space)
                Monitor.PulseAll(_space);
        }

        return true;
    }

    private bool TryTake()
    {
        lock (_gate)
        {
            if (_count >= capacity)
                return false;
            _count++;
            return true;
        }
    }
}

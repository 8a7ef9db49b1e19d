namespace Akka.Actor;

/// <summary>
/// Limits a mailbox. A sender that finds it full waits up to the push timeout; then its message is a dead letter. A negative
/// timeout waits for ever.
/// </summary>
internal sealed class MailboxBound(int capacity, TimeSpan pushTimeout)
{
    private readonly Lock _gate = new();
    private readonly object _space = new();
    private int _count;

    public int Capacity => capacity;

    public bool TryReserve()
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

    public void ReserveAlways()
    {
        lock (_gate)
            _count++;
    }

    public void Release()
    {
        bool wasFull;
        lock (_gate)
            wasFull = _count-- >= capacity;
        if (!wasFull)
            return;
        lock (_space)
            Monitor.PulseAll(_space);
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

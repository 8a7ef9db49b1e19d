namespace Akka.TestKit;

/// <summary>Opens when it was counted down often enough; closed it blocks who waits, for a bounded time.</summary>
public class TestLatch
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    private readonly CountdownEvent _count;
    private readonly Func<TimeSpan, TimeSpan> _dilate;
    private readonly TimeSpan _timeout;

    public TestLatch() : this(1)
    {
    }

    public TestLatch(int count) : this(count, DefaultTimeout)
    {
    }

    public TestLatch(int count, TimeSpan defaultTimeout) : this(static timeout => timeout, defaultTimeout, count)
    {
    }

    protected internal TestLatch(Func<TimeSpan, TimeSpan> dilate, TimeSpan defaultTimeout, int count)
    {
        _dilate = dilate;
        _timeout = defaultTimeout;
        _count = new CountdownEvent(count);
    }

    public bool IsOpen => _count.IsSet;

    public void CountDown() => _count.Signal();

    public void Open()
    {
        // Others may count down at the same time: only what is left may be signalled.
        while (!_count.IsSet)
            _count.Signal(_count.CurrentCount is var left && left > 0 ? left : 1);
    }

    public void Reset() => _count.Reset();

    /// <summary>Waits until the latch is open.</summary>
    /// <exception cref="TimeoutException">It was still closed when the time was up.</exception>
    public void Ready() => Ready(_timeout);

    public void Ready(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
            throw new ArgumentException("A latch waits for a finite time", nameof(timeout));
        var dilated = _dilate(timeout);
        if (!_count.Wait(dilated))
            throw new TimeoutException($"Timeout of {dilated}: the latch is still closed, {_count.CurrentCount} counts missing");
    }
}

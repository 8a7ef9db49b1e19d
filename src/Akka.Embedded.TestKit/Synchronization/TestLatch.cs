namespace Akka.TestKit;

/// <summary>Opens when it was counted down often enough; closed it blocks who waits, for a bounded time. Any thread may count.</summary>
public class TestLatch
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    private readonly ManualResetEventSlim _open;
    private readonly Func<TimeSpan, TimeSpan> _dilate;
    private readonly TimeSpan _timeout;
    private readonly int _count;
    private int _left;

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
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _dilate = dilate;
        _timeout = defaultTimeout;
        _count = _left = count;
        _open = new ManualResetEventSlim(count == 0);
    }

    public bool IsOpen => _open.IsSet;

    public void CountDown()
    {
        if (Interlocked.Decrement(ref _left) == 0)
            _open.Set();
    }

    public void Open() => _open.Set();

    /// <summary>Closes the latch again, with the count that it was made with. Nobody may count meanwhile.</summary>
    public void Reset()
    {
        _left = _count;
        if (_count > 0)
            _open.Reset();
    }

    /// <summary>Waits until the latch is open.</summary>
    /// <exception cref="TimeoutException">It was still closed when the time was up.</exception>
    public void Ready() => Ready(_timeout);

    public void Ready(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
            throw new ArgumentException("A latch waits for a finite time", nameof(timeout));
        var dilated = _dilate(timeout);
        if (!_open.Wait(dilated))
            throw new TimeoutException($"Timeout of {dilated}: the latch is still closed, {Volatile.Read(ref _left)} counts missing");
    }
}

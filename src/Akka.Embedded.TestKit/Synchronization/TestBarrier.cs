namespace Akka.TestKit;

/// <summary>Lets nobody pass before all have come, again and again.</summary>
public class TestBarrier
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    private readonly TestKitBase _testKit;
    private readonly int _count;
    private readonly TimeSpan _timeout;
    private Barrier _barrier;

    public TestBarrier(TestKitBase testKit, int count, TimeSpan? defaultTimeout = null)
    {
        _testKit = testKit;
        _count = count;
        _timeout = defaultTimeout ?? DefaultTimeout;
        _barrier = new Barrier(count);
    }

    public void Await() => Await(_timeout);

    /// <exception cref="TimeoutException">Somebody did not come in time.</exception>
    public void Await(TimeSpan timeout)
    {
        var dilated = _testKit.Dilated(timeout);
        if (!_barrier.SignalAndWait(dilated))
            throw new TimeoutException($"Timeout of {dilated}: the barrier still misses {_barrier.ParticipantsRemaining} of {_count}");
    }

    public void Reset() => _barrier = new Barrier(_count);
}

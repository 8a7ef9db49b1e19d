using Akka.Pattern;

namespace Akka.TestKit;

/// <summary>A circuit breaker and a latch for each of its states; a latch opens when the breaker enters its state.</summary>
public class TestBreaker
{
    public TestBreaker(CircuitBreaker instance)
    {
        Instance = instance;
        instance
            .OnClose(() => Open(ClosedLatch))
            .OnHalfOpen(() => Open(HalfOpenLatch))
            .OnOpen(() => Open(OpenLatch));
    }

    public CountdownEvent HalfOpenLatch { get; } = new(1);

    public CountdownEvent OpenLatch { get; } = new(1);

    public CountdownEvent ClosedLatch { get; } = new(1);

    public CircuitBreaker Instance { get; }

    // The breaker may enter its state again; a latch that is open stays so.
    private static void Open(CountdownEvent latch)
    {
        lock (latch)
        {
            if (!latch.IsSet)
                latch.Signal();
        }
    }
}

using Akka.Pattern;

namespace Specs.TestKits;

public sealed class TestBreakerSpec : TimedSpec
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Fact(DisplayName = "A latch opens for each state that the breaker enters, and stays open when it enters it again")]
    public void Latches()
    {
        var breaker = new TestBreaker(new CircuitBreaker(Sys.Scheduler, 1, Long, TimeSpan.FromSeconds(1)));
        for (var round = 0; round < 2; round++)
        {
            breaker.Instance.Fail();
            Assert.True(breaker.OpenLatch.Wait(Long));
            Scheduler.Advance(TimeSpan.FromSeconds(1));
            Assert.True(breaker.HalfOpenLatch.Wait(Long));
            breaker.Instance.Succeed();
            Assert.True(breaker.ClosedLatch.Wait(Long));
        }
    }
}

using Akka.Pattern;

namespace Specs.Pattern;

public sealed class CircuitBreakerSpec : TimedSpec
{
    [Fact(DisplayName = "It opens after the failures, fails at once while open, and closes again by one success after the reset timeout")]
    public async Task Opens_and_closes()
    {
        var breaker = CircuitBreaker.Create(Sys.Scheduler, 2, Ms(5000), Ms(1000));
        for (var i = 0; i < 2; i++)
            await Assert.ThrowsAsync<InvalidOperationException>(() => breaker.WithCircuitBreaker<int>(() => throw new InvalidOperationException("no")));
        Assert.True(breaker.IsOpen);
        await Assert.ThrowsAsync<OpenCircuitException>(() => breaker.WithCircuitBreaker(() => Task.FromResult(1)));
        Scheduler.Advance(Ms(1000));
        Assert.True(breaker.IsHalfOpen);
        Assert.Equal(7, await breaker.WithCircuitBreaker(() => Task.FromResult(7)));
        Assert.True(breaker.IsClosed);
        Assert.Equal(0, breaker.CurrentFailureCount);
    }

    [Fact(DisplayName = "A failure while half open opens it again; a success in between starts the count anew")]
    public async Task Half_open_failure()
    {
        var breaker = CircuitBreaker.Create(Sys.Scheduler, 2, Ms(5000), Ms(1000));
        breaker.Fail();
        breaker.Succeed();
        breaker.Fail();
        Assert.True(breaker.IsClosed);
        breaker.Fail();
        Assert.True(breaker.IsOpen);
        Scheduler.Advance(Ms(1000));
        await Assert.ThrowsAsync<InvalidOperationException>(() => breaker.WithCircuitBreaker<int>(() => throw new InvalidOperationException("still")));
        Assert.True(breaker.IsOpen);
    }
}

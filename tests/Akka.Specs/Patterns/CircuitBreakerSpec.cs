using Akka.Pattern;

namespace Specs.Patterns;

public sealed class CircuitBreakerSpec : TimedSpec
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Fact(DisplayName = "A closed breaker passes calls, results and exceptions")]
    public async Task Closed()
    {
        var breaker = Breaker(maxFailures: 5);
        Assert.Equal(1, await breaker.WithCircuitBreaker(() => Task.FromResult(1)));
        await Assert.ThrowsAsync<Boom>(() => breaker.WithCircuitBreaker<int>(() => throw new Boom("call")));
        Assert.True(breaker.IsClosed);
        Assert.Equal(1, breaker.CurrentFailureCount);
        await breaker.WithCircuitBreaker(() => Task.CompletedTask);
        Assert.Equal(0, breaker.CurrentFailureCount);
    }

    [Fact(DisplayName = "So many failures open it, and then it refuses calls without making them")]
    public async Task Opens()
    {
        var to = TestActor;
        var breaker = Breaker(maxFailures: 2).OnOpen(() => to.Tell("open", ActorRefs.NoSender));
        await Fails(breaker);
        Assert.True(breaker.IsClosed);
        await Fails(breaker);
        await ExpectMsgAsync("open");
        Assert.True(breaker.IsOpen);
        var called = false;
        await Assert.ThrowsAsync<OpenCircuitException>(() => breaker.WithCircuitBreaker(() =>
        {
            called = true;
            return Task.CompletedTask;
        }));
        Assert.False(called);
    }

    [Fact(DisplayName = "After the reset time one call is tried: its success closes the breaker")]
    public async Task Half_open_then_closed()
    {
        var to = TestActor;
        var breaker = Breaker(maxFailures: 1)
            .OnOpen(() => to.Tell("open", ActorRefs.NoSender))
            .OnHalfOpen(() => to.Tell("half-open", ActorRefs.NoSender))
            .OnClose(() => to.Tell("closed", ActorRefs.NoSender));
        await Fails(breaker);
        await ExpectMsgAsync("open");
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        await ExpectMsgAsync("half-open");
        Assert.Equal(1, await breaker.WithCircuitBreaker(() => Task.FromResult(1)));
        await ExpectMsgAsync("closed");
        Assert.True(breaker.IsClosed);
    }

    [Fact(DisplayName = "A failure of the tried call opens the breaker again")]
    public async Task Half_open_then_open()
    {
        var to = TestActor;
        var breaker = Breaker(maxFailures: 1)
            .OnOpen(() => to.Tell("open", ActorRefs.NoSender))
            .OnHalfOpen(() => to.Tell("half-open", ActorRefs.NoSender));
        await Fails(breaker);
        await ExpectMsgAsync("open");
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        await ExpectMsgAsync("half-open");
        await Fails(breaker);
        await ExpectMsgAsync("open");
    }

    [Fact(DisplayName = "A synchronous call counts like an asynchronous one")]
    public void Synchronous_calls()
    {
        var breaker = Breaker(maxFailures: 5);
        Assert.Equal(1, breaker.WithSyncCircuitBreaker(() => 1));
        Assert.ThrowsAny<Exception>(() => breaker.WithSyncCircuitBreaker(() => throw new Boom("call")));
        Assert.Equal(1, breaker.CurrentFailureCount);
    }

    [Fact(DisplayName = "An attempt that fails is retried so often, and the last failure is the result")]
    public async Task Retry()
    {
        var tries = 0;
        Assert.Equal(3, await RetrySupport.Retry(() => ++tries < 3 ? throw new Boom("try") : Task.FromResult(tries), 5));
        tries = 0;
        await Assert.ThrowsAsync<Boom>(() => RetrySupport.Retry<int>(() =>
        {
            tries++;
            return Task.FromException<int>(new Boom("always"));
        }, 2));
        // The first try is none of the two retries.
        Assert.Equal(3, tries);
    }

    private CircuitBreaker Breaker(int maxFailures) => new(Sys.Scheduler, maxFailures, Long, TimeSpan.FromSeconds(1));

    private static Task Fails(CircuitBreaker breaker) =>
        Assert.ThrowsAsync<Boom>(() => breaker.WithCircuitBreaker(() => Task.FromException(new Boom("call"))));
}

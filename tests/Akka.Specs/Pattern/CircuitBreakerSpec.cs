using Akka.Pattern;

namespace Specs.Pattern;

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

    [Fact(DisplayName = "A success between failures starts the count anew")]
    public void Success_in_between()
    {
        var breaker = Breaker(maxFailures: 2);
        breaker.Fail();
        breaker.Succeed();
        breaker.Fail();
        Assert.True(breaker.IsClosed);
        breaker.Fail();
        Assert.True(breaker.IsOpen);
    }

    [Fact(DisplayName = "While it is open neither a reported success nor a reported failure changes that, and refusals say how long it stays so")]
    public async Task Open_stays_open()
    {
        var breaker = Breaker(maxFailures: 1);
        await Fails(breaker);
        breaker.Succeed();
        breaker.Fail();
        Assert.True(breaker.IsOpen);
        Assert.Equal(1, breaker.CurrentFailureCount);
        var refused = await Assert.ThrowsAsync<OpenCircuitException>(() => breaker.WithCircuitBreaker(() => Task.FromResult(1)));
        Assert.InRange(refused.RemainingDuration, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.IsType<Boom>(refused.InnerException);
    }

    [Fact(DisplayName = "Half open it lets one call through and refuses the others until that one has ended")]
    public async Task Half_open_takes_one_call()
    {
        var breaker = Breaker(maxFailures: 1);
        await Fails(breaker);
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        Assert.True(breaker.IsHalfOpen);
        var call = new TaskCompletionSource<int>();
        var tried = breaker.WithCircuitBreaker(() => call.Task);
        await Assert.ThrowsAsync<OpenCircuitException>(() => breaker.WithCircuitBreaker(() => Task.FromResult(1)));
        call.SetResult(7);
        Assert.Equal(7, await tried);
        Assert.True(breaker.IsClosed);
        Assert.Equal(0, breaker.CurrentFailureCount);
    }

    [Fact(DisplayName = "With exponential back-off each opening in a row lasts longer, up to the limit, and a success starts anew")]
    public async Task Exponential()
    {
        var breaker = Breaker(maxFailures: 1).WithExponentialBackoff(TimeSpan.FromSeconds(3));
        foreach (var seconds in new[] { 1, 2, 3, 3 })
        {
            await Fails(breaker);
            Scheduler.Advance(TimeSpan.FromSeconds(seconds) - Ms(1));
            Assert.True(breaker.IsOpen);
            Scheduler.Advance(Ms(1));
            Assert.True(breaker.IsHalfOpen);
        }

        breaker.Succeed();
        await Fails(breaker);
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        Assert.True(breaker.IsHalfOpen);
    }

    [Fact(DisplayName = "A synchronous call counts like an asynchronous one, and its exception is the caller's")]
    public void Synchronous_calls()
    {
        var breaker = Breaker(maxFailures: 5);
        Assert.Equal(1, breaker.WithSyncCircuitBreaker(() => 1));
        Assert.Throws<Boom>(() => breaker.WithSyncCircuitBreaker(() => throw new Boom("call")));
        Assert.Equal(1, breaker.CurrentFailureCount);
        Assert.IsType<Boom>(breaker.LastCaughtException);
    }

    [Theory(DisplayName = "A call that takes too long has failed when the time is up, not when it ends")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Too_long(bool synchronous)
    {
        using var end = new ManualResetEventSlim();
        var breaker = new CircuitBreaker(Sys.Scheduler, 1, Ms(20), TimeSpan.FromSeconds(1));
        try
        {
            await Assert.ThrowsAsync<TimeoutException>(() => synchronous
                ? Task.Run(() => breaker.WithSyncCircuitBreaker(() => end.Wait(Long)))
                : breaker.WithCircuitBreaker(() => Task.Run(() => end.Wait(Long))));
            Assert.True(breaker.IsOpen);
            Assert.Equal(1, breaker.CurrentFailureCount);
        }
        finally
        {
            end.Set();
        }
    }

    private CircuitBreaker Breaker(int maxFailures) => new(Sys.Scheduler, maxFailures, Long, TimeSpan.FromSeconds(1));

    private static Task Fails(CircuitBreaker breaker) =>
        Assert.ThrowsAsync<Boom>(() => breaker.WithCircuitBreaker(() => Task.FromException(new Boom("call"))));
}

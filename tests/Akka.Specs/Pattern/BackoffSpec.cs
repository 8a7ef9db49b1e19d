using Akka.Pattern;

namespace Specs.Pattern;

public sealed class BackoffSpec : TimedSpec
{
    [Fact(DisplayName = "OnStop starts a stopped child again after the delay, which doubles from min to max")]
    public async Task OnStop_delays_double()
    {
        var supervisor = await Supervisor(OnStop(min: 100, max: 300));
        foreach (var delay in new[] { 100, 200, 300, 300 })
        {
            (await Child(supervisor)).Tell(PoisonPill.Instance);
            await Down(supervisor);
            Scheduler.Advance(Ms(delay - 1));
            Assert.True((await Child(supervisor)).IsNobody());
            Scheduler.Advance(Ms(1));
            await Up();
        }

        Assert.Equal(4, await Count(supervisor));
    }

    [Fact(DisplayName = "OnStop restarts a failing child at once, as its strategy says")]
    public async Task OnStop_leaves_failures_to_the_strategy()
    {
        var supervisor = await Supervisor(OnStop(min: 100, max: 300));
        var child = await Child(supervisor);
        child.Tell(Fail.With("boom"));
        await ExpectMsgAsync("PreRestart boom");
        await FishForMessageAsync<string>(m => m == "PreStart");
        Assert.Equal(child, await Child(supervisor));
    }

    [Fact(DisplayName = "OnFailure turns a restart into a stop, a delay and a new start")]
    public async Task OnFailure_delays()
    {
        var supervisor = await Supervisor(Backoff.OnFailure(Worker.Props(TestActor), "child", Ms(100), Ms(300), 0));
        (await Child(supervisor)).Tell(Fail.With("boom"));
        await Down(supervisor);
        Scheduler.Advance(Ms(99));
        Assert.True((await Child(supervisor)).IsNobody());
        Scheduler.Advance(Ms(1));
        await Up();
    }

    [Fact(DisplayName = "With OnFailure a child that stops itself stops the supervisor")]
    public async Task OnFailure_child_stop_stops()
    {
        var supervisor = await Supervisor(Backoff.OnFailure(Worker.Props(TestActor), "child", Ms(100), Ms(300), 0));
        Watch(supervisor);
        (await Child(supervisor)).Tell(PoisonPill.Instance);
        await FishForMessageAsync<Terminated>(t => t.ActorRef.Equals(supervisor));
    }

    [Fact(DisplayName = "After the last retry the supervisor stops")]
    public async Task Retries_are_limited()
    {
        var supervisor = await Supervisor(OnStop(min: 100, max: 100).WithMaxNrOfRetries(1));
        Watch(supervisor);
        (await Child(supervisor)).Tell(PoisonPill.Instance);
        await Down(supervisor);
        Scheduler.Advance(Ms(100));
        await Up();
        (await Child(supervisor)).Tell(PoisonPill.Instance);
        await FishForMessageAsync<Terminated>(t => t.ActorRef.Equals(supervisor));
    }

    [Fact(DisplayName = "The random factor adds to the delay, beyond the maximum too, and by no more than its part")]
    public async Task Random_factor()
    {
        for (var round = 0; round < 10; round++)
        {
            var supervisor = await Supervisor(Backoff.OnStop(Worker.Props(TestActor), "child", Ms(1000), Ms(1000), 0.5));
            (await Child(supervisor)).Tell(PoisonPill.Instance);
            await Down(supervisor);
            Scheduler.Advance(Ms(999));
            Assert.True((await Child(supervisor)).IsNobody());
            Scheduler.Advance(Ms(501));
            await Up();
        }
    }

    [Fact(DisplayName = "A delay that no time span can hold is the maximum")]
    public async Task Overflow()
    {
        // 2^29 times this is more than a time span holds.
        var min = TimeSpan.FromDays(1000);
        var max = TimeSpan.FromDays(1001);
        var supervisor = await Supervisor(Backoff.OnStop(Worker.Props(TestActor), "child", min, max, 0).WithManualReset());
        for (var round = 0; round < 33; round++)
        {
            (await Child(supervisor)).Tell(PoisonPill.Instance);
            await Down(supervisor);
            Scheduler.Advance(round == 0 ? min : max);
            await Up();
        }

        Assert.Equal(33, await Count(supervisor));
    }

    [Theory(DisplayName = "Options that make no sense are refused when the props are made")]
    [InlineData(0, 100, 0.0)]
    [InlineData(200, 100, 0.0)]
    [InlineData(100, 200, -0.1)]
    [InlineData(100, 200, 1.1)]
    public void Bad_options(int min, int max, double factor) => Assert.Throws<ArgumentException>(() =>
        BackoffSupervisor.Props(Backoff.OnStop(Quiet.Props, "child", Ms(min), Ms(max), factor)));

    [Fact(DisplayName = "The failure that is one too many for OnFailure stops the supervisor, and its child with it")]
    public async Task OnFailure_retries_are_limited()
    {
        var supervisor = await Supervisor(Backoff.OnFailure(Worker.Props(TestActor), "child", Ms(100), Ms(100), 0, maxNrOfRetries: 1));
        Watch(supervisor);
        (await Child(supervisor)).Tell(Fail.With("first"));
        await Down(supervisor);
        Scheduler.Advance(Ms(100));
        await Up();
        (await Child(supervisor)).Tell(Fail.With("second"));
        await FishForMessageAsync<Terminated>(t => t.ActorRef.Equals(supervisor));
    }

    [Fact(DisplayName = "A child that was failed and has not ended yet is still the child, and no restart is counted yet")]
    public async Task Ending_child()
    {
        using var end = new ManualResetEventSlim();
        var supervisor = Sys.ActorOf(BackoffSupervisor.Props(
            Backoff.OnFailure(Props.Create(() => new SlowToStop(end)), "child", Ms(100), Ms(100), 0)));
        var child = await Child(supervisor);
        child.Tell(Fail.With("boom"));
        await ExpectMsgAsync("failing");
        try
        {
            Assert.Equal(child, await Child(supervisor));
            Assert.Equal(0, await Count(supervisor));
        }
        finally
        {
            end.Set();
        }

        await Down(supervisor);
        Assert.Equal(1, await Count(supervisor));
    }

    [Fact(DisplayName = "After a message that is the final one the child's end is the supervisor's")]
    public async Task Final_stop_message()
    {
        var supervisor = await Supervisor(OnStop(min: 100, max: 100).WithFinalStopMessage(m => m is "stop for good"));
        Watch(supervisor);
        var child = await Child(supervisor);
        supervisor.Tell("stop for good");
        await ExpectMsgAsync("stop for good");
        child.Tell(PoisonPill.Instance);
        await FishForMessageAsync<Terminated>(t => t.ActorRef.Equals(supervisor));
    }

    [Fact(DisplayName = "While the child is down its messages are dead letters, or get the reply for that")]
    public async Task While_down()
    {
        var supervisor = await Supervisor(OnStop(min: 100, max: 100).WithReplyWhileStopped("down"));
        (await Child(supervisor)).Tell(PoisonPill.Instance);
        await Down(supervisor);
        var probe = CreateTestProbe();
        probe.Send(supervisor, "hello");
        await probe.ExpectMsgAsync("down");
    }

    [Fact(DisplayName = "Messages go to the child with their sender; the child's go to the supervisor's parent as from the supervisor")]
    public async Task Forwarding()
    {
        var parent = CreateTestProbe();
        var supervisor = await parent.ChildActorOfAsync(BackoffSupervisor.Props(
            Backoff.OnStop(Quiet.Props, "child", Ms(100), Ms(100), 0)));
        var sender = CreateTestProbe();
        sender.Send(supervisor, Ping.Instance);
        await sender.ExpectMsgAsync<Pong>();
        sender.Send(supervisor, new Do(context => context.Parent.Tell("up")));
        await parent.ExpectMsgFromAsync(supervisor, "up");
    }

    [Fact(DisplayName = "A child that has lived for the reset time sets the count back to zero")]
    public async Task Auto_reset()
    {
        var supervisor = await Supervisor(OnStop(min: 100, max: 1000).WithAutoReset(Ms(500)));
        (await Child(supervisor)).Tell(PoisonPill.Instance);
        await Down(supervisor);
        Scheduler.Advance(Ms(100));
        await Up();
        Assert.Equal(1, await Count(supervisor));
        Scheduler.Advance(Ms(500));
        await AwaitAssertAsync(async () => Assert.Equal(0, await Count(supervisor)));
    }

    [Fact(DisplayName = "With manual reset only the child's Reset sets the count back")]
    public async Task Manual_reset()
    {
        var supervisor = await Supervisor(OnStop(min: 100, max: 1000).WithManualReset());
        (await Child(supervisor)).Tell(PoisonPill.Instance);
        await Down(supervisor);
        Scheduler.Advance(Ms(100));
        await Up();
        Scheduler.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await Count(supervisor));
        (await Child(supervisor)).Tell(new Do(context => context.Parent.Tell(BackoffSupervisor.Reset.Instance)));
        await AwaitAssertAsync(async () => Assert.Equal(0, await Count(supervisor)));
    }

    private BackoffOptions OnStop(int min, int max) => Backoff.OnStop(Worker.Props(TestActor), "child", Ms(min), Ms(max), 0);

    private async Task<IActorRef> Supervisor(BackoffOptions options)
    {
        var supervisor = Sys.ActorOf(BackoffSupervisor.Props(options));
        await Up();
        return supervisor;
    }

    private async Task Up() => await FishForMessageAsync<string>(m => m == "PreStart");

    /// <summary>The supervisor has heard of the end of its child, and armed the delay in the same turn.</summary>
    private Task Down(IActorRef supervisor) =>
        AwaitAssertAsync(async () => Assert.True((await Child(supervisor)).IsNobody()));

    private static async Task<IActorRef> Child(IActorRef supervisor) =>
        (await supervisor.Ask<BackoffSupervisor.CurrentChild>(BackoffSupervisor.GetCurrentChild.Instance, TimeSpan.FromSeconds(30))).Ref;

    private static async Task<int> Count(IActorRef supervisor) =>
        (await supervisor.Ask<BackoffSupervisor.RestartCount>(BackoffSupervisor.GetRestartCount.Instance, TimeSpan.FromSeconds(30))).Count;

    private sealed class SlowToStop(ManualResetEventSlim end) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is not Fail failure)
                return;
            Sender.Tell("failing");
            throw failure.Cause;
        }

        protected override void PostStop() => end.Wait(TimeSpan.FromSeconds(30));
    }
}

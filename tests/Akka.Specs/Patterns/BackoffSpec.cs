using Akka.Pattern;

namespace Specs.Patterns;

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
        (await supervisor.Ask<BackoffSupervisor.CurrentChild>(BackoffSupervisor.GetCurrentChild.Instance, TimeSpan.FromSeconds(5))).Ref;

    private static async Task<int> Count(IActorRef supervisor) =>
        (await supervisor.Ask<BackoffSupervisor.RestartCount>(BackoffSupervisor.GetRestartCount.Instance, TimeSpan.FromSeconds(5))).Count;
}

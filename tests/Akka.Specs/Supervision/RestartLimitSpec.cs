namespace Specs.Supervision;

public sealed class RestartLimitSpec : Spec
{
    [Fact(DisplayName = "Without a limit a child is restarted again and again")]
    public async Task Unlimited()
    {
        var actor = Child(new OneForOneStrategy(_ => Directive.Restart));
        for (var i = 0; i < 20; i++)
            await Restarts(actor);
    }

    [Fact(DisplayName = "A limit of zero never restarts")]
    public async Task Zero_never_restarts()
    {
        var actor = Child(new OneForOneStrategy(0, TimeSpan.FromMinutes(1), _ => Directive.Restart));
        await Stops(actor);
    }

    [Fact(DisplayName = "A limit without a window counts for life")]
    public async Task Limit_for_life()
    {
        var actor = Child(new OneForOneStrategy(3, Timeout.InfiniteTimeSpan, _ => Directive.Restart));
        for (var i = 0; i < 3; i++)
            await Restarts(actor);
        await Stops(actor);
    }

    [Fact(DisplayName = "A window without a limit allows one restart in it")]
    public async Task Window_alone_means_one()
    {
        var actor = Child(new OneForOneStrategy(-1, TimeSpan.FromMinutes(1), _ => Directive.Restart));
        await Restarts(actor);
        await Stops(actor);
    }

    [Fact(DisplayName = "A limit with a window stops the child that fails once more than that in it")]
    public async Task Limit_in_window()
    {
        var actor = Child(new OneForOneStrategy(2, TimeSpan.FromMinutes(1), _ => Directive.Restart));
        await Restarts(actor);
        await Restarts(actor);
        await Stops(actor);
    }

    [Fact(DisplayName = "A failure after the window has passed opens a new one")]
    public async Task Window_tumbles()
    {
        var actor = Child(new OneForOneStrategy(1, Ms(1), _ => Directive.Restart));
        for (var i = 0; i < 3; i++)
        {
            await Restarts(actor);
            // The window is one millisecond of real time: it has passed when the clock says so.
            var restarted = Now;
            await AwaitConditionAsync(() => Task.FromResult(Now - restarted > Ms(20)));
        }
    }

    [Fact(DisplayName = "The restarts of one child do not count for its siblings")]
    public async Task Limits_are_per_child()
    {
        var parent = Sys.ActorOf(Parent.Props(new OneForOneStrategy(1, TimeSpan.FromMinutes(1), _ => Directive.Restart)));
        var one = StartChild(parent, Worker.Props(TestActor));
        await ExpectMsgAsync("PreStart");
        var other = StartChild(parent, Worker.Props(TestActor));
        await ExpectMsgAsync("PreStart");
        await Restarts(one);
        await Restarts(other);
        await Stops(one);
    }

    private IActorRef Child(SupervisorStrategy strategy)
    {
        var child = StartChild(Sys.ActorOf(Parent.Props(strategy)), Worker.Props(TestActor));
        ExpectMsg("PreStart");
        return child;
    }

    private async Task Restarts(IActorRef child)
    {
        child.Tell(Fail.With("boom"));
        await ExpectMsgAsync("PreRestart boom");
        await ExpectMsgAsync("PostStop");
        await ExpectMsgAsync("PostRestart boom");
        await ExpectMsgAsync("PreStart");
    }

    private async Task Stops(IActorRef child)
    {
        Watch(child);
        child.Tell(Fail.With("boom"));
        await ExpectMsgAsync("PostStop");
        await ExpectTerminatedAsync(child);
    }
}

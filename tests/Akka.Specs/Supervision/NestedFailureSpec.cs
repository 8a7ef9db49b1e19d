namespace Specs.Supervision;

public sealed class NestedFailureSpec : Spec
{
    [Fact(DisplayName = "A parent that is resumed resumes its children")]
    public async Task Resumed_parent_resumes_children()
    {
        var top = Sys.ActorOf(Parent.Props(new OneForOneStrategy(_ => Directive.Resume)));
        var middle = StartChild(top, Quiet.Props);
        middle.Tell(new Do(context => TestActor.Tell(context.ActorOf(Quiet.Props))));
        var leaf = await ExpectMsgAsync<IActorRef>();
        middle.Tell(Fail.With("boom"));
        await Handled(middle);
        await Handled(leaf);
    }

    [Fact(DisplayName = "An escalated failure that restarts the middle stops the leaf that caused it")]
    public async Task Escalation_restarts_the_middle()
    {
        var top = Sys.ActorOf(Parent.Props(new OneForOneStrategy(_ => Directive.Restart)));
        var middle = StartChild(top, Parent.Props(new OneForOneStrategy(_ => Directive.Escalate)));
        var leaf = Watch(StartChild(middle, Quiet.Props));
        leaf.Tell(Fail.With("boom"));
        await ExpectTerminatedAsync(leaf);
        await Handled(middle);
        await Handled(StartChild(middle, Quiet.Props));
    }

    [Fact(DisplayName = "A strategy that throws is a failure of the parent")]
    public async Task Throwing_strategy()
    {
        var failures = CreateTestProbe();
        var top = Sys.ActorOf(Parent.Props(Actors.ActorOfSpec.Reporting(failures)));
        var middle = StartChild(top, Parent.Props(new OneForOneStrategy(_ => throw new InvalidOperationException("decider"))));
        StartChild(middle, Quiet.Props).Tell(Fail.With("boom"));
        Assert.Equal("decider", (await failures.ExpectMsgAsync<InvalidOperationException>()).Message);
    }

    [Fact(DisplayName = "A failing actor can be stopped while its parent decides")]
    public async Task Stop_while_suspended()
    {
        using var decision = new ManualResetEventSlim();
        var asked = CreateTestProbe();
        var parent = Sys.ActorOf(Parent.Props(new OneForOneStrategy(_ =>
        {
            asked.Ref.Tell("asked", ActorRefs.NoSender);
            return decision.Wait(TimeSpan.FromSeconds(5)) ? Directive.Restart : Directive.Stop;
        })));
        var child = Watch(StartChild(parent, Quiet.Props));
        child.Tell(Fail.With("boom"));
        await asked.ExpectMsgAsync("asked");
        Sys.Stop(child);
        decision.Set();
        await ExpectTerminatedAsync(child);
        await Handled(parent);
    }

    [Fact(DisplayName = "A failure in PostStop does not keep the actor from ending")]
    public async Task Throw_in_PostStop()
    {
        var actor = Watch(Sys.ActorOf(Props.Create(() => new ThrowsInPostStop())));
        Sys.Stop(actor);
        await ExpectTerminatedAsync(actor);
    }

    private sealed class ThrowsInPostStop : UntypedActor
    {
        protected override void PostStop() => throw new Boom("PostStop");

        protected override void OnReceive(object message) => Unhandled(message);
    }
}

namespace Specs.Supervision;

public sealed class StrategySpec : Spec
{
    [Fact(DisplayName = "The default decider restarts on an ordinary exception")]
    public void Default_decider_restarts() =>
        Assert.Equal(Directive.Restart, SupervisorStrategy.DefaultDecider.Decide(new Boom("x")));

    [Fact(DisplayName = "The default decider stops what could not start, was killed or broke a death pact")]
    public async Task Default_decider_stops()
    {
        // The exceptions as the system makes them: their constructors are not the application's.
        var decisions = CreateTestProbe();
        var parent = Sys.ActorOf(Parent.Props(new OneForOneStrategy(cause =>
        {
            decisions.Ref.Tell((cause.GetType(), SupervisorStrategy.DefaultDecider.Decide(cause)), ActorRefs.NoSender);
            return Directive.Stop;
        })));

        StartChild(parent, Props.Create(() => new CannotStart()));
        Assert.Equal((typeof(ActorInitializationException), Directive.Stop), await decisions.ExpectMsgAsync<(Type, Directive)>());

        StartChild(parent, Quiet.Props).Tell(Kill.Instance);
        Assert.Equal((typeof(ActorKilledException), Directive.Stop), await decisions.ExpectMsgAsync<(Type, Directive)>());

        var other = Sys.ActorOf(Quiet.Props);
        StartChild(parent, Props.Create(() => new UnhandlesTerminated(other)));
        Sys.Stop(other);
        Assert.Equal((typeof(DeathPactException), Directive.Stop), await decisions.ExpectMsgAsync<(Type, Directive)>());
    }

    [Fact(DisplayName = "Resume goes on with the same instance and the next message")]
    public async Task Resume_keeps_state()
    {
        var actor = Child(Directive.Resume);
        actor.Tell("one");
        actor.Tell(Fail.With("boom"));
        actor.Tell("two");
        actor.Tell("count");
        await ExpectMsgAsync("PreStart");
        await ExpectMsgAsync("one");
        await ExpectMsgAsync("two");
        await ExpectMsgAsync(2);
    }

    [Fact(DisplayName = "Stop ends the child")]
    public async Task Stop_ends_the_child()
    {
        var actor = Child(Directive.Stop);
        Watch(actor);
        actor.Tell(Fail.With("boom"));
        await ExpectMsgAsync("PreStart");
        await ExpectMsgAsync("PostStop");
        await ExpectTerminatedAsync(actor);
    }

    [Fact(DisplayName = "Escalate fails the parent with the same exception")]
    public async Task Escalate_fails_the_parent()
    {
        var failures = CreateTestProbe();
        var top = Sys.ActorOf(Parent.Props(Actors.ActorOfSpec.Reporting(failures)));
        var middle = StartChild(top, Parent.Props(new OneForOneStrategy(_ => Directive.Escalate)));
        var cause = new Boom("deep");
        StartChild(middle, Quiet.Props).Tell(new Fail(cause));
        Assert.Same(cause, await failures.ExpectMsgAsync<Boom>());
    }

    [Fact(DisplayName = "One for one leaves the siblings alone, all for one treats them alike")]
    public async Task One_or_all()
    {
        var log = CreateTestProbe();
        var one = Sys.ActorOf(Parent.Props(new OneForOneStrategy(_ => Directive.Restart)));
        var failing = StartChild(one, Quiet.Props);
        var sibling = StartChild(one, Worker.Props(log.Ref));
        await log.ExpectMsgAsync("PreStart");
        failing.Tell(Fail.With("boom"));
        await Handled(failing);
        sibling.Tell("untouched");
        await log.ExpectMsgAsync("untouched");

        var all = Sys.ActorOf(Parent.Props(new AllForOneStrategy(_ => Directive.Restart)));
        failing = StartChild(all, Quiet.Props);
        StartChild(all, Worker.Props(log.Ref));
        await log.ExpectMsgAsync("PreStart");
        failing.Tell(Fail.With("boom"));
        await log.ExpectMsgAsync("PreRestart boom");
    }

    [Fact(DisplayName = "All for one stops all children when one is to be stopped")]
    public async Task All_for_one_stop()
    {
        var all = Sys.ActorOf(Parent.Props(new AllForOneStrategy(_ => Directive.Stop)));
        var one = Watch(StartChild(all, Quiet.Props));
        var other = Watch(StartChild(all, Quiet.Props));
        one.Tell(Fail.With("boom"));
        var ended = new[] { await ExpectMsgAsync<Terminated>(), await ExpectMsgAsync<Terminated>() };
        Assert.Equal(new HashSet<IActorRef> { one, other }, ended.Select(t => t.ActorRef).ToHashSet());
    }

    [Fact(DisplayName = "While a failure waits for its directive the child handles nothing and its children are suspended")]
    public async Task Failure_suspends()
    {
        using var decision = new ManualResetEventSlim();
        var asked = CreateTestProbe();
        var parent = Sys.ActorOf(Parent.Props(new OneForOneStrategy(_ =>
        {
            asked.Ref.Tell("asked", ActorRefs.NoSender);
            return decision.Wait(TimeSpan.FromSeconds(5)) ? Directive.Resume : Directive.Stop;
        })));
        var child = StartChild(parent, Quiet.Props);
        child.Tell(new Do(context => TestActor.Tell(context.ActorOf(Quiet.Props))));
        var grandchild = await ExpectMsgAsync<IActorRef>();

        child.Tell(Fail.With("boom"));
        await asked.ExpectMsgAsync("asked");
        child.Tell(new Do(_ => TestActor.Tell("child")));
        grandchild.Tell(new Do(_ => TestActor.Tell("grandchild")));
        await ExpectNoMsgAsync(Ms(100));
        decision.Set();
        await ExpectMsgAllOfAsync(["child", "grandchild"]).CountAsync();
    }

    [Fact(DisplayName = "A decider of a list decides by exception type, else by its default")]
    public void Decider_by_type()
    {
        var decider = Decider.From(Directive.Escalate, Directive.Resume.When<ArgumentException>(), Directive.Stop.When<Boom>());
        Assert.Equal(Directive.Resume, decider.Decide(new ArgumentException("x")));
        Assert.Equal(Directive.Stop, decider.Decide(new Boom("x")));
        Assert.Equal(Directive.Escalate, decider.Decide(new InvalidOperationException("x")));
    }

    [Fact(DisplayName = "The stopping strategy stops on every exception")]
    public void Stopping_strategy() =>
        Assert.Equal(Directive.Stop, SupervisorStrategy.StoppingStrategy.Decider.Decide(new Boom("x")));

    [Fact(DisplayName = "Props can carry the strategy of the actor's children")]
    public async Task Strategy_of_props()
    {
        var actor = Sys.ActorOf(Quiet.Props.WithSupervisorStrategy(new OneForOneStrategy(_ => Directive.Stop)));
        actor.Tell(new Do(context => TestActor.Tell(context.ActorOf(Quiet.Props))));
        var child = Watch(await ExpectMsgAsync<IActorRef>());
        child.Tell(Fail.With("boom"));
        await ExpectTerminatedAsync(child);
    }

    private IActorRef Child(Directive directive) =>
        StartChild(Sys.ActorOf(Parent.Props(new OneForOneStrategy(_ => directive))), Worker.Props(TestActor));

    private sealed class CannotStart : UntypedActor
    {
        public CannotStart() => throw new Boom("constructor");

        protected override void OnReceive(object message) => Unhandled(message);
    }

    private sealed class UnhandlesTerminated : UntypedActor
    {
        public UnhandlesTerminated(IActorRef other) => Context.Watch(other);

        protected override void OnReceive(object message) => Unhandled(message);
    }
}

public sealed class GuardianStrategySpec : Spec
{
    public GuardianStrategySpec()
        : base("""akka.actor.guardian-supervisor-strategy = "Akka.Actor.StoppingSupervisorStrategy, Akka" """)
    {
    }

    [Fact(DisplayName = "The strategy of top-level actors is a setting")]
    public async Task Guardian_strategy_is_configurable()
    {
        var actor = Watch(Sys.ActorOf(Quiet.Props));
        actor.Tell(Fail.With("boom"));
        await ExpectTerminatedAsync(actor);
    }
}

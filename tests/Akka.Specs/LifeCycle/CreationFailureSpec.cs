namespace Specs.LifeCycle;

/// <summary>An actor whose first incarnation does not come about has nothing to restart: whatever the directive, it is a start.</summary>
public sealed class CreationFailureSpec : Spec
{
    [Theory(DisplayName = "After a failed construction Restart and Resume construct and start anew, without the hooks of a restart")]
    [InlineData(Directive.Restart)]
    [InlineData(Directive.Resume)]
    public async Task Starts_anew(Directive directive)
    {
        var parent = Sys.ActorOf(Parent.Props(new OneForOneStrategy(_ => directive)));
        var failures = new Failures(2);
        var actor = StartChild(parent, Props.Create(() => new Reluctant(failures, TestActor)));
        await ExpectMsgAsync("constructed 0");
        await ExpectMsgAsync("PreStart");
        await Handled(actor);
        actor.Tell("hello");
        await ExpectMsgAsync("hello");
    }

    [Fact(DisplayName = "A failure of PreStart is followed by a start, not by a restart")]
    public async Task PreStart_fails()
    {
        var parent = Sys.ActorOf(Parent.Props(new OneForOneStrategy(_ => Directive.Restart)));
        var failures = new Failures(0, inPreStart: 1);
        StartChild(parent, Props.Create(() => new Reluctant(failures, TestActor)));
        await ExpectMsgAsync("constructed 0");
        await ExpectMsgAsync("constructed 0");
        await ExpectMsgAsync("PreStart");
    }

    [Fact(DisplayName = "Each failed construction is an ActorInitializationException to the parent")]
    public async Task Each_failure_is_one_of_initialization()
    {
        var to = TestActor;
        var parent = Sys.ActorOf(Parent.Props(new OneForOneStrategy(cause =>
        {
            to.Tell(cause.GetType());
            return Directive.Restart;
        })));
        var failures = new Failures(2);
        StartChild(parent, Props.Create(() => new Reluctant(failures, to)));
        await ExpectMsgAsync(typeof(ActorInitializationException));
        await ExpectMsgAsync(typeof(ActorInitializationException));
        await ExpectMsgAsync("constructed 0");
    }

    [Fact(DisplayName = "The children of a constructor that failed are gone before it runs again")]
    public async Task Children_of_a_failed_constructor()
    {
        var parent = Sys.ActorOf(Parent.Props(new OneForOneStrategy(_ => Directive.Restart)));
        var failures = new Failures(1);
        StartChild(parent, Props.Create(() => new WithNamedChild(failures, TestActor)));
        await ExpectMsgAsync("child stopped");
        await ExpectMsgAsync("constructed with child");
    }

    /// <summary>How often a construction, or a start, still has to fail.</summary>
    private sealed class Failures(int inConstructor, int inPreStart = 0)
    {
        private int _inConstructor = inConstructor;
        private int _inPreStart = inPreStart;

        public bool OfConstructor => Interlocked.Decrement(ref _inConstructor) >= 0;

        public bool OfPreStart => Interlocked.Decrement(ref _inPreStart) >= 0;

        public int Left => Math.Max(0, _inConstructor);
    }

    private sealed class Reluctant : UntypedActor
    {
        private readonly Failures _failures;
        private readonly IActorRef _to;

        public Reluctant(Failures failures, IActorRef to)
        {
            _failures = failures;
            _to = to;
            if (failures.OfConstructor)
                throw new Boom("construction");
            to.Tell($"constructed {failures.Left}");
        }

        protected override void PreStart()
        {
            if (_failures.OfPreStart)
                throw new Boom("start");
            _to.Tell("PreStart");
        }

        protected override void PreRestart(Exception reason, object message) => _to.Tell("PreRestart");

        protected override void PostRestart(Exception reason) => _to.Tell("PostRestart");

        protected override void OnReceive(object message)
        {
            if (message is Ping)
                Sender.Tell(Pong.Instance);
            else
                _to.Tell(message);
        }
    }

    private sealed class WithNamedChild : UntypedActor
    {
        public WithNamedChild(Failures failures, IActorRef to)
        {
            Context.ActorOf(Props.Create(() => new TellsItsEnd(to)), "child");
            if (failures.OfConstructor)
                throw new Boom("construction");
            to.Tell("constructed with child");
        }

        protected override void OnReceive(object message) => Unhandled(message);
    }

    private sealed class TellsItsEnd(IActorRef to) : UntypedActor
    {
        protected override void PostStop() => to.Tell("child stopped");

        protected override void OnReceive(object message) => Unhandled(message);
    }
}

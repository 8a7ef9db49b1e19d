namespace Specs.Actors;

public sealed class ActorOfSpec : Spec
{
    [Fact(DisplayName = "ActorOf returns before the constructor has run")]
    public async Task ActorOf_returns_at_once()
    {
        using var constructor = new ManualResetEventSlim();
        var actor = Sys.ActorOf(Props.Create(() => new WaitsInConstructor(constructor, TestActor)));
        actor.Tell("first", TestActor);
        constructor.Set();
        await ExpectMsgAsync("constructed");
        await ExpectMsgAsync("PreStart");
        await ExpectMsgAsync("first");
    }

    [Theory(DisplayName = "A name that is no path element throws at the call")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("with space")]
    [InlineData("$start")]
    [InlineData("ü")]
    public void Bad_names_throw(string name) =>
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(Quiet.Props, name));

    [Theory(DisplayName = "Escaped and plain names are valid path elements")]
    [InlineData("abc-DEF_0.9")]
    [InlineData("with%20space")]
    [InlineData("a@b:c;d=e,f+g*h!i")]
    public void Good_names_are_valid(string name)
    {
        Assert.True(ActorPath.IsValidPathElement(name));
        Assert.Equal(name, Sys.ActorOf(Quiet.Props, name).Path.Name);
    }

    [Fact(DisplayName = "A name that a sibling has throws at the call")]
    public void Taken_names_throw()
    {
        Sys.ActorOf(Quiet.Props, "taken");
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(Quiet.Props, "taken"));
    }

    [Fact(DisplayName = "A throwing constructor stops the actor by the default strategy")]
    public async Task Throwing_constructor_stops()
    {
        var actor = Sys.ActorOf(Props.Create(() => new ThrowsInConstructor()));
        Watch(actor);
        await ExpectTerminatedAsync(actor);
    }

    [Fact(DisplayName = "The parent's strategy sees ActorInitializationException for a throw in the constructor")]
    public async Task Constructor_failure_reaches_the_strategy()
    {
        var failures = CreateTestProbe();
        var parent = Sys.ActorOf(Parent.Props(Reporting(failures)));
        StartChild(parent, Props.Create(() => new ThrowsInConstructor()));
        var failure = await failures.ExpectMsgAsync<ActorInitializationException>();
        Assert.Equal("constructor", InnerMost(failure).Message);
    }

    [Fact(DisplayName = "The parent's strategy sees ActorInitializationException for a throw in PreStart")]
    public async Task PreStart_failure_reaches_the_strategy()
    {
        var failures = CreateTestProbe();
        var parent = Sys.ActorOf(Parent.Props(Reporting(failures)));
        StartChild(parent, Props.Create(() => new ThrowsInPreStart()));
        var failure = await failures.ExpectMsgAsync<ActorInitializationException>();
        Assert.Equal("PreStart", InnerMost(failure).Message);
    }

    [Fact(DisplayName = "GracefulStop ends with true when the actor has stopped in time")]
    public async Task GracefulStop_true()
    {
        var actor = Sys.ActorOf(Quiet.Props);
        Watch(actor);
        Assert.True(await actor.GracefulStop(TimeSpan.FromSeconds(5)));
        await ExpectTerminatedAsync(actor);
    }

    [Fact(DisplayName = "GracefulStop sends the stop message that it is given")]
    public async Task GracefulStop_sends_the_message()
    {
        var actor = Sys.ActorOf(Props.Create(() => new StopsOn("enough")));
        Assert.True(await actor.GracefulStop(TimeSpan.FromSeconds(5), "enough"));
    }

    [Fact(DisplayName = "GracefulStop ends with false, not with an exception, when the time is up")]
    public async Task GracefulStop_false()
    {
        var actor = Sys.ActorOf(Props.Create(() => new StopsOn("enough")));
        Assert.False(await actor.GracefulStop(Ms(50), "something else"));
    }

    [Fact(DisplayName = "Props make an actor by expression, by type and by type with arguments")]
    public async Task Props_make_actors()
    {
        Sys.ActorOf(Props.Create(() => new Named("expression", TestActor)));
        await ExpectMsgAsync("expression");
        Sys.ActorOf(Props.Create<Named>("generic", TestActor));
        await ExpectMsgAsync("generic");
        Sys.ActorOf(Props.Create(typeof(Named), "type", TestActor));
        await ExpectMsgAsync("type");
    }

    [Fact(DisplayName = "Props are immutable: With returns a copy")]
    public void Props_are_immutable()
    {
        var props = Quiet.Props;
        var other = props.WithDispatcher("akka.test.calling-thread-dispatcher");
        Assert.NotSame(props, other);
        Assert.Equal("akka.test.calling-thread-dispatcher", other.Dispatcher);
        Assert.NotEqual(other.Dispatcher, props.Dispatcher);
        Assert.Equal(typeof(Quiet), other.Type);
    }

    internal static SupervisorStrategy Reporting(TestProbe probe) => new OneForOneStrategy(cause =>
    {
        probe.Ref.Tell(cause, ActorRefs.NoSender);
        return Directive.Stop;
    });

    private static Exception InnerMost(Exception exception)
    {
        while (exception.InnerException is { } inner)
            exception = inner;
        return exception;
    }

    private sealed class WaitsInConstructor : UntypedActor
    {
        private readonly IActorRef _to;

        public WaitsInConstructor(ManualResetEventSlim gate, IActorRef to)
        {
            _to = to;
            if (!gate.Wait(TimeSpan.FromSeconds(5)))
                throw new TimeoutException("the test waits for this constructor");
            to.Tell("constructed", Self);
        }

        protected override void PreStart() => _to.Tell("PreStart", Self);

        protected override void OnReceive(object message) => _to.Tell(message, Self);
    }

    private sealed class ThrowsInConstructor : UntypedActor
    {
        public ThrowsInConstructor() => throw new Boom("constructor");

        protected override void OnReceive(object message) => Unhandled(message);
    }

    private sealed class ThrowsInPreStart : UntypedActor
    {
        protected override void PreStart() => throw new Boom("PreStart");

        protected override void OnReceive(object message) => Unhandled(message);
    }

    private sealed class StopsOn(string word) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (word.Equals(message))
                Context.Stop(Self);
        }
    }

    private sealed class Named : UntypedActor
    {
        public Named(string name, IActorRef to) => to.Tell(name, Self);

        protected override void OnReceive(object message) => Unhandled(message);
    }
}

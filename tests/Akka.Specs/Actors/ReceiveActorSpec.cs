using Akka.Event;

namespace Specs.Actors;

public sealed class ReceiveActorSpec : Spec
{
    [Fact(DisplayName = "Handlers are tried in the order of registration and the first that matches wins")]
    public async Task First_match_wins()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Matcher(TestActor)));
        foreach (var message in new object[] { "special", "text", 1, 200, 2.5, 'c' })
            actor.Tell(message);
        foreach (var expected in new[] { "predicate special", "string text", "small 1", "int 200", "type 2.5", "any c" })
            await ExpectMsgAsync(expected);
    }

    [Fact(DisplayName = "A handler that returns false leaves the message to the next one")]
    public async Task False_means_not_handled()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Declines(TestActor)));
        actor.Tell("x");
        await ExpectMsgAsync("second");
    }

    [Fact(DisplayName = "Registering after ReceiveAny throws")]
    public async Task Nothing_after_ReceiveAny()
    {
        Sys.ActorOf(Props.Create(() => new RegistersAfterAny(TestActor)));
        await ExpectMsgAsync<InvalidOperationException>();
    }

    [Fact(DisplayName = "Registering outside of the constructor and Become throws")]
    public async Task Registering_late_throws()
    {
        var actor = Sys.ActorOf(Props.Create(() => new RegistersLate(TestActor)));
        actor.Tell("x");
        await ExpectMsgAsync<InvalidOperationException>();
    }

    [Fact(DisplayName = "A message that no handler takes is published as UnhandledMessage")]
    public async Task Unhandled_is_published()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        var actor = Sys.ActorOf(Props.Create(() => new Matchless()));
        actor.Tell("x", TestActor);
        var unhandled = await ExpectMsgAsync<UnhandledMessage>();
        Assert.Equal("x", unhandled.Message);
        Assert.Equal(TestActor, unhandled.Sender);
        Assert.Equal(actor, unhandled.Recipient);
    }

    [Fact(DisplayName = "Become replaces the behaviour, BecomeStacked pushes one, UnbecomeStacked goes back")]
    public async Task Become_and_back()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Switches(TestActor)));
        foreach (var message in new[] { "who", "push", "who", "replace", "who", "pop", "who", "pop", "who" })
            actor.Tell(message);
        await ExpectMsgAsync("base");
        await ExpectMsgAsync("pushed");
        // Replaced the pushed one, not the base.
        await ExpectMsgAsync("replaced");
        await ExpectMsgAsync("base");
        // The last behaviour is never popped.
        await ExpectMsgAsync("base");
    }

    [Fact(DisplayName = "A restart clears the stack of behaviours")]
    public async Task Restart_clears_the_stack()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Switches(TestActor)));
        foreach (var message in new[] { "push", "who", "fail", "who" })
            actor.Tell(message);
        await ExpectMsgAsync("pushed");
        await ExpectMsgAsync("base");
    }

    [Fact(DisplayName = "An untyped actor's Become takes effect with the next message")]
    public async Task Untyped_become()
    {
        var actor = Sys.ActorOf(Props.Create(() => new UntypedSwitch(TestActor)));
        actor.Tell("a");
        actor.Tell("b");
        actor.Tell("c");
        await ExpectMsgAsync("first a");
        await ExpectMsgAsync("second b");
        await ExpectMsgAsync("first c");
    }

    [Fact(DisplayName = "Context outside of the actor's turn throws NotSupportedException")]
    public async Task Context_belongs_to_the_turn()
    {
        var actor = Sys.ActorOf(Props.Create(() => new LeaksContext(TestActor)));
        actor.Tell("x");
        var outcome = await ExpectMsgAsync<Exception>();
        Assert.IsType<NotSupportedException>(outcome);
    }

    [Fact(DisplayName = "The context knows parent, children by name, and Nobody for an unknown name")]
    public async Task Context_knows_the_family()
    {
        var actor = Sys.ActorOf(Quiet.Props);
        actor.Tell(new Do(context =>
        {
            var child = context.ActorOf(Quiet.Props, "child");
            TestActor.Tell(context.Child("child").Equals(child));
            TestActor.Tell(context.Child("nobody").IsNobody());
            TestActor.Tell(context.GetChildren().Single().Equals(child));
            child.Tell(new Do(inner => TestActor.Tell(inner.Parent)));
        }));
        Assert.True(await ExpectMsgAsync<bool>());
        Assert.True(await ExpectMsgAsync<bool>());
        Assert.True(await ExpectMsgAsync<bool>());
        Assert.Equal(actor, await ExpectMsgAsync<IActorRef>());
    }

    private sealed class Matcher : ReceiveActor
    {
        public Matcher(IActorRef to)
        {
            Receive<string>(m => to.Tell($"predicate {m}"), m => m == "special");
            Receive<string>(m => to.Tell($"string {m}"));
            Receive<int>(m => m < 100, m => to.Tell($"small {m}"));
            Receive<int>(m => to.Tell($"int {m}"));
            Receive(typeof(double), m => to.Tell(FormattableString.Invariant($"type {m}")));
            ReceiveAny(m => to.Tell($"any {m}"));
        }
    }

    private sealed class Declines : ReceiveActor
    {
        public Declines(IActorRef to)
        {
            Receive<string>(_ => false);
            Receive<string>(_ =>
            {
                to.Tell("second");
                return true;
            });
        }
    }

    private sealed class RegistersAfterAny : ReceiveActor
    {
        public RegistersAfterAny(IActorRef to)
        {
            ReceiveAny(_ => { });
            to.Tell(Record.Exception(() => Receive<string>(_ => { })), Self);
        }
    }

    private sealed class RegistersLate : ReceiveActor
    {
        public RegistersLate(IActorRef to) =>
            Receive<string>(_ => to.Tell(Record.Exception(() => Receive<int>(_ => { })), Self));
    }

    private sealed class Matchless : ReceiveActor
    {
        public Matchless() => Receive<int>(_ => { });
    }

    private sealed class Switches : ReceiveActor
    {
        private readonly IActorRef _to;

        public Switches(IActorRef to)
        {
            _to = to;
            Named("base");
        }

        private void Named(string name)
        {
            Receive<string>(m => m == "who", _ => _to.Tell(name));
            Receive<string>(m => m == "push", _ => BecomeStacked(() => Named("pushed")));
            Receive<string>(m => m == "replace", _ => Become(() => Named("replaced")));
            Receive<string>(m => m == "pop", _ => UnbecomeStacked());
            Receive<string>(m => m == "fail", _ => throw new Boom("fail"));
        }
    }

    private sealed class UntypedSwitch(IActorRef to) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            to.Tell($"first {message}");
            BecomeStacked(Second);
        }

        private void Second(object message)
        {
            to.Tell($"second {message}");
            UnbecomeStacked();
        }
    }

    private sealed class LeaksContext(IActorRef to) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            // A thread of its own: nothing of the actor's turn flows there.
            new Thread(() => to.Tell(Record.Exception(() => Context) ?? new Boom("no exception"), ActorRefs.NoSender)).Start();
        }
    }
}

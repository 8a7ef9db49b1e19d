using Akka.Configuration;
using Akka.Event;
using Akka.Persistence;
using Specs.Persistence.Support;

namespace Specs.Persistence;

/// <summary>The program's stash beside the commands that wait for events.</summary>
public sealed class StashingSpec() : PersistenceSpec<InMemoryStore>(
    """
    small-stash {
      mailbox-type = "Akka.Dispatch.UnboundedDequeBasedMailbox"
      stash-capacity = 2
    }
    """)
{
    [Fact(DisplayName = "UnstashAll puts messages before the commands that wait for a write, in the order in which they came")]
    public async Task UnstashAll_goes_before_waiting_commands()
    {
        var (actor, _) = await Recovered(Props.Create(() => new Stasher(Id, TestActor)));
        foreach (var message in new object[] { "stash 1", "stash 2", "persist and open", "waiting 1", "waiting 2" })
            actor.Tell(message);
        foreach (var expected in new[] { "stored", "stash 1", "stash 2", "waiting 1", "waiting 2" })
            await ExpectMsgAsync(expected);
    }

    [Fact(DisplayName = "Unstashed messages are handled one by one between writes")]
    public async Task One_by_one_between_writes()
    {
        var (actor, _) = await Recovered(Props.Create(() => new Stasher(Id, TestActor)));
        foreach (var message in new object[] { "stash 1", "stash 2", "open", "last" })
            actor.Tell(message);
        actor.Tell(new Act(a => a.Persist("event", e => a.Tell(e))));
        foreach (var expected in new[] { "stash 1", "stash 2", "last", "event" })
            await ExpectMsgAsync(expected);
    }

    [Fact(DisplayName = "UnstashAll in an event handler brings the messages before those that came while the event was written")]
    public async Task UnstashAll_in_a_handler()
    {
        var (actor, _) = await Recovered(Props.Create(() => new Stasher(Id, TestActor)));
        foreach (var message in new object[] { "stash 1", "open in handler", "waiting" })
            actor.Tell(message);
        foreach (var expected in new[] { "stored", "stash 1", "waiting" })
            await ExpectMsgAsync(expected);
    }

    [Fact(DisplayName = "A restart returns what is stashed: it is handled after the next recovery")]
    public async Task Restart_returns_the_stash()
    {
        var (actor, _) = await Recovered(Props.Create(() => new Stasher(Id, TestActor)));
        actor.Tell("stash 1");
        actor.Tell(Fail.With("restart"));
        await RecoveryOf();
        actor.Tell("open");
        await ExpectMsgAsync("stash 1");
    }

    [Fact(DisplayName = "What is stashed when the actor stops becomes dead letters")]
    public async Task Stop_makes_dead_letters()
    {
        var (actor, _) = await Recovered(Props.Create(() => new Stasher(Id, TestActor)));
        actor.Tell("stash 1");
        await Handled(actor);
        var probe = CreateTestProbe();
        Sys.EventStream.Subscribe(probe.Ref, typeof(DeadLetter));
        Sys.Stop(actor);
        Assert.Equal("stash 1", (await probe.ExpectMsgAsync<DeadLetter>()).Message);
    }

    [Fact(DisplayName = "A full internal stash fails the actor by default")]
    public async Task Overflow_throws()
    {
        var failure = new TaskCompletionSource<Exception>();
        var parent = Sys.ActorOf(Parent.Props(new OneForOneStrategy(cause =>
        {
            failure.TrySetResult(cause);
            return Directive.Stop;
        })));
        StartChild(parent, Props.Create(() => new Filling(Id, TestActor, null!)).WithMailbox("small-stash"));
        Assert.IsType<StashOverflowException>(await failure.Task.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact(DisplayName = "Or makes dead letters of the commands, or answers them, as its strategy says")]
    public async Task Overflow_strategies()
    {
        var probe = CreateTestProbe();
        Sys.EventStream.Subscribe(probe.Ref, typeof(DeadLetter));
        Sys.ActorOf(Props.Create(() => new Filling(Id, TestActor, DiscardToDeadLetterStrategy.Instance)).WithMailbox("small-stash"));
        Assert.Equal(3, (await probe.FishForMessageAsync<DeadLetter>(letter => letter.Message is int)).Message);
        Sys.ActorOf(Props.Create(() => new Filling(Id, TestActor, new ReplyToStrategy("too much"))).WithMailbox("small-stash"));
        await FishForMessageAsync<object>(message => message is "too much");
    }

    [Fact(DisplayName = "The strategy is configured by a configurator")]
    public void Overflow_strategy_from_configuration()
    {
        Assert.Same(ThrowOverflowExceptionStrategy.Instance, new ThrowExceptionConfigurator().Create(Config.Empty));
        Assert.Same(DiscardToDeadLetterStrategy.Instance, new DiscardConfigurator().Create(Config.Empty));
        Assert.Same(ThrowOverflowExceptionStrategy.Instance, Akka.Persistence.Persistence.Instance.Apply(Sys).DefaultInternalStashOverflowStrategy);
    }

    private sealed class Stasher(string id, IActorRef log) : Scripted(id, log)
    {
        private bool _open;

        protected override void OnCommand(object message)
        {
            switch (message)
            {
                case "open":
                    _open = true;
                    Stash.UnstashAll();
                    break;
                case "persist and open":
                    Persist("event", _ => Listener.Tell("stored"));
                    _open = true;
                    Stash.UnstashAll();
                    break;
                case "open in handler":
                    _open = true;
                    Persist("event", _ =>
                    {
                        Listener.Tell("stored");
                        Stash.UnstashAll();
                    });
                    break;
                case string text when text.StartsWith("stash", StringComparison.Ordinal) && !_open:
                    Stash.Stash();
                    break;
                default:
                    base.OnCommand(message);
                    break;
            }
        }
    }

    /// <summary>Sends itself three commands before it has recovered.</summary>
    private sealed class Filling(string id, IActorRef log, IStashOverflowStrategy strategy) : Scripted(id, log)
    {
        public override IStashOverflowStrategy InternalStashOverflowStrategy => strategy ?? base.InternalStashOverflowStrategy;

        protected override void PreStart()
        {
            for (var n = 1; n <= 3; n++)
                Self.Tell(n, Listener);
        }
    }
}

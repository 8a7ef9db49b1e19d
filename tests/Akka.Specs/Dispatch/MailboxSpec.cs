using System.Collections.Concurrent;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;
using Akka.Event;

namespace Specs.Dispatch;

public sealed class MailboxSpec : Spec
{
    public MailboxSpec() : base(
        $$"""
        by-number.mailbox-type = "{{typeof(ByNumber).AssemblyQualifiedName}}"
        by-number-stable.mailbox-type = "{{typeof(ByNumberStable).AssemblyQualifiedName}}"
        latest.mailbox-type = "{{typeof(LatestOnly).AssemblyQualifiedName}}"
        small { mailbox-type = "Akka.Dispatch.BoundedMailbox", mailbox-capacity = 2, mailbox-push-timeout-time = 0s }
        small-deque { mailbox-type = "{{typeof(SmallDeque).AssemblyQualifiedName}}", mailbox-capacity = 2, mailbox-push-timeout-time = 0s }
        dispatcher-with-mailbox { mailbox-type = "Akka.Dispatch.BoundedDequeBasedMailbox", mailbox-capacity = 2, mailbox-push-timeout-time = 0s, stash-capacity = 7 }
        alias-of-it = dispatcher-with-mailbox
        not-there.mailbox-type = "No.Such.Mailbox, Nowhere"
        no-mailbox.mailbox-type = "System.Object"
        says-nothing.stash-capacity = 3
        """)
    {
    }

    [Fact(DisplayName = "A priority mailbox gives the lowest number first")]
    public async Task Priority()
    {
        var actor = await Busy("by-number");
        foreach (var message in new object[] { 3, "text", 1, 2, 1 })
            actor.Tell(message);
        Open();
        foreach (var message in new object[] { 1, 1, 2, 3, "text" })
            await ExpectMsgAsync(message);
    }

    [Fact(DisplayName = "A stable priority mailbox keeps the order of messages of one priority")]
    public async Task Stable_priority()
    {
        var actor = await Busy("by-number-stable");
        for (var i = 0; i < 20; i++)
        {
            actor.Tell($"text {i}");
            if (i % 5 == 0)
                actor.Tell(-i);
        }

        Open();
        foreach (var number in new[] { -15, -10, -5, 0 })
            await ExpectMsgAsync(number);
        for (var i = 0; i < 20; i++)
            await ExpectMsgAsync($"text {i}");
    }

    [Fact(DisplayName = "What is unstashed goes before all that waits in a priority mailbox")]
    public async Task Priority_and_stash()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashes(TestActor)).WithMailbox("by-number"));
        actor.Tell(9);
        await ExpectMsgAsync("stashed");
        using var opened = new ManualResetEventSlim();
        actor.Tell(new Do(_ => opened.Wait(TimeSpan.FromSeconds(30))));
        actor.Tell(1);
        actor.Tell("open");
        opened.Set();
        await ExpectMsgAsync(9);
        await ExpectMsgAsync(1);
    }

    [Fact(DisplayName = "What is left in a priority mailbox when its actor stops is dead letters, with their senders")]
    public async Task Priority_and_dead_letters()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var actor = await Busy("by-number");
        actor.Tell(2, TestActor);
        actor.Tell(1, TestActor);
        Sys.Stop(actor);
        Open();
        foreach (var left in new[] { 1, 2 })
        {
            var letter = await FishForMessageAsync<DeadLetter>(l => l.Message is int);
            Assert.Equal((left, TestActor, actor), (letter.Message, letter.Sender, letter.Recipient));
        }
    }

    [Fact(DisplayName = "An actor with a priority mailbox still hears of deaths")]
    public async Task Priority_and_death_watch()
    {
        var other = Sys.ActorOf(Quiet.Props);
        var actor = Sys.ActorOf(Props.Create(() => new Tells(TestActor)).WithMailbox("by-number"));
        actor.Tell(new Do(context => context.Watch(other)));
        await Handled(actor);
        await Stopped(other);
        await ExpectMsgAsync(("terminated", other));
    }

    [Fact(DisplayName = "A mailbox type of the program's own decides what its actor gets")]
    public async Task Own_type()
    {
        var actor = await Busy("latest");
        for (var i = 0; i < 1000; i++)
            actor.Tell(i);
        Open();
        await ExpectMsgAsync(999);
        actor.Tell("later");
        await ExpectMsgAsync("later");
    }

    [Theory(DisplayName = "A bounded mailbox makes dead letters of what finds no room in time")]
    [InlineData("small")]
    [InlineData("small-deque")]
    public async Task Drops_beyond_its_bound(string mailbox)
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var actor = await Busy(mailbox);
        foreach (var message in new[] { "one", "two", "three" })
            actor.Tell(message);
        Assert.Equal("three", (await ExpectMsgAsync<DeadLetter>()).Message);
        Open();
        await ExpectMsgAsync("one");
        await ExpectMsgAsync("two");
    }

    [Theory(DisplayName = "A dispatcher may name the mailbox and the stash capacity of its actors, also by an alias")]
    [InlineData("dispatcher-with-mailbox")]
    [InlineData("alias-of-it")]
    public async Task By_dispatcher(string dispatcher)
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var stashing = Sys.ActorOf(Props.Create(() => new Stashes(TestActor)).WithDispatcher(dispatcher));
        stashing.Tell(new Do(context => TestActor.Tell(((Stashes)Stashes.Current!).Stash.Capacity)));
        await ExpectMsgAsync(7);
    }

    [Theory(DisplayName = "A mailbox that is not configured, does not exist or is none is a ConfigurationException")]
    [InlineData("unknown-id")]
    [InlineData("not-there")]
    [InlineData("no-mailbox")]
    public void Not_configured(string mailbox) =>
        Assert.Throws<ConfigurationException>(() => Sys.ActorOf(Quiet.Props.WithMailbox(mailbox)));

    [Fact(DisplayName = "A mailbox that does not have the semantics which the actor requires is a ConfigurationException")]
    public void Requirement_not_met() =>
        Assert.Throws<ConfigurationException>(() => Sys.ActorOf(Props.Create(() => new Stashes(TestActor)).WithMailbox("small")));

    [Fact(DisplayName = "The mailboxes of a system are found by id and by the semantics that are required")]
    public void Lookup()
    {
        Assert.IsType<UnboundedMailbox>(Sys.Mailboxes.Lookup(Mailboxes.DefaultMailboxId));
        Assert.IsType<UnboundedDequeBasedMailbox>(Sys.Mailboxes.LookupByQueueType(typeof(IUnboundedDequeBasedMessageQueueSemantics)));
        Assert.Equal(2, Assert.IsType<BoundedMailbox>(Sys.Mailboxes.Lookup("small")).Capacity);
        Assert.Equal(typeof(IDequeBasedMessageQueueSemantics), Sys.Mailboxes.GetRequiredType(typeof(Stashes)));
        Assert.False(Sys.Mailboxes.HasRequiredType(typeof(Quiet)));
        Assert.True(Sys.Mailboxes.ProducesMessageQueue(typeof(ByNumber)));
    }

    private readonly ManualResetEventSlim _gate = new();

    /// <summary>An actor that handles nothing until <see cref="Open"/>.</summary>
    private async Task<IActorRef> Busy(string mailbox)
    {
        var actor = Sys.ActorOf(Props.Create(() => new Tells(TestActor)).WithMailbox(mailbox));
        actor.Tell(new Do(_ =>
        {
            TestActor.Tell("busy");
            _gate.Wait(TimeSpan.FromSeconds(30));
        }));
        await ExpectMsgAsync("busy");
        return actor;
    }

    private void Open() => _gate.Set();

    private static int NumberOf(object message) => message switch
    {
        Do or "open" => int.MinValue,
        int number => number,
        _ => int.MaxValue
    };

    private sealed class ByNumber(Settings settings, Config config) : UnboundedPriorityMailbox(settings, config)
    {
        protected override int PriorityGenerator(object message) => NumberOf(message);
    }

    private sealed class ByNumberStable(Settings settings, Config config) : UnboundedStablePriorityMailbox(settings, config)
    {
        protected override int PriorityGenerator(object message) => NumberOf(message);
    }

    private sealed class SmallDeque(Settings settings, Config config) : BoundedDequeBasedMailbox(settings, config);

    /// <summary>Keeps the youngest message only.</summary>
    private sealed class LatestOnly(Settings settings, Config config) : MailboxType(settings, config), IProducesMessageQueue<Latest>
    {
        public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new Latest();
    }

    private sealed class Latest : IMessageQueue, IUnboundedMessageQueueSemantics
    {
        private readonly ConcurrentStack<Envelope> _stack = new();

        public bool HasMessages => !_stack.IsEmpty;

        public int Count => Math.Min(1, _stack.Count);

        public void Enqueue(IActorRef receiver, Envelope envelope) => _stack.Push(envelope);

        public bool TryDequeue(out Envelope envelope)
        {
            if (!_stack.TryPop(out envelope))
                return false;
            _stack.Clear();
            return true;
        }

        public void CleanUp(IActorRef owner, IMessageQueue deadletters) => _stack.Clear();
    }

    private sealed class Tells(IActorRef to) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Do work:
                    work.Work(Context);
                    break;
                case Ping:
                    Sender.Tell(Pong.Instance);
                    break;
                case Terminated terminated:
                    to.Tell(("terminated", terminated.ActorRef));
                    break;
                default:
                    to.Tell(message);
                    break;
            }
        }
    }

    private sealed class Stashes(IActorRef to) : UntypedActor, IWithStash
    {
        [ThreadStatic]
        public static ActorBase? Current;

        private bool _open;

        public IStash Stash { get; set; } = null!;

        protected override void OnReceive(object message)
        {
            Current = this;
            switch (message)
            {
                case Do work:
                    work.Work(Context);
                    break;
                case "open":
                    _open = true;
                    Stash.UnstashAll();
                    break;
                case var _ when _open:
                    to.Tell(message);
                    break;
                default:
                    Stash.Stash();
                    to.Tell("stashed");
                    break;
            }
        }
    }
}

using Akka.Event;

namespace Specs.Stash;

public sealed class StashSpec : Spec
{
    [Fact(DisplayName = "UnstashAll puts the stashed messages at the front of the mailbox, in arrival order, with their senders")]
    public async Task UnstashAll_goes_to_the_front()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stasher(TestActor)));
        var other = CreateTestProbe();
        using var gate = new ManualResetEventSlim();
        actor.Tell("one", TestActor);
        actor.Tell("two", other.Ref);
        actor.Tell(new Do(_ => gate.Wait(TimeSpan.FromSeconds(5))));
        actor.Tell("open");
        actor.Tell("behind", TestActor);
        gate.Set();
        await ExpectMsgAsync(("one", TestActor));
        await ExpectMsgAsync(("two", other.Ref));
        await ExpectMsgAsync(("behind", TestActor));
    }

    [Fact(DisplayName = "Unstash brings back the oldest message alone")]
    public async Task Unstash_brings_one()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stasher(TestActor)));
        foreach (var message in new[] { "one", "two", "unstash", "open" })
            actor.Tell(message, TestActor);
        // "one" came back while still closed and went to the end of the stash.
        await ExpectMsgAsync(("two", TestActor));
        await ExpectMsgAsync(("one", TestActor));
    }

    [Fact(DisplayName = "Stashing one message twice throws IllegalActorStateException")]
    public async Task Twice_throws()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stasher(TestActor)));
        actor.Tell("twice");
        await ExpectMsgAsync<IllegalActorStateException>();
    }

    [Fact(DisplayName = "A restart returns the stash to the mailbox, after PreRestart")]
    public async Task Restart_returns_the_stash()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stasher(TestActor)));
        actor.Tell("one", TestActor);
        actor.Tell("fail");
        await ExpectMsgAsync("PreRestart with 1");
        actor.Tell("open");
        await ExpectMsgAsync(("one", TestActor));
    }

    [Fact(DisplayName = "A stash cleared in PreRestart is lost")]
    public async Task Cleared_stash_is_lost()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stasher(TestActor)));
        actor.Tell("one", TestActor);
        actor.Tell("fail and clear");
        await ExpectMsgAsync("PreRestart with 1");
        actor.Tell("open");
        actor.Tell("two", TestActor);
        await ExpectMsgAsync(("two", TestActor));
    }

    [Fact(DisplayName = "What is stashed when the actor stops is a dead letter")]
    public async Task Stop_makes_dead_letters()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var actor = Sys.ActorOf(Props.Create(() => new Stasher(TestActor)));
        actor.Tell("one", TestActor);
        actor.Tell(PoisonPill.Instance);
        var letter = await ExpectMsgAsync<DeadLetter>();
        Assert.Equal("one", letter.Message);
        Assert.Equal(TestActor, letter.Sender);
    }

    [Fact(DisplayName = "A stash over its capacity throws StashOverflowException")]
    public async Task Overflow_throws()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stasher(TestActor)).WithStashCapacity(2));
        foreach (var message in new[] { "capacity", "one", "two", "overflow" })
            actor.Tell(message);
        await ExpectMsgAsync(2);
        await ExpectMsgAsync<StashOverflowException>();
    }

    [Fact(DisplayName = "Without a capacity the stash is unbounded and says -1")]
    public async Task Unbounded_by_default()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stasher(TestActor)));
        actor.Tell("capacity");
        await ExpectMsgAsync(-1);
    }

    [Fact(DisplayName = "An actor that asks for an unbounded stash gets one, whatever capacity its props have")]
    public async Task Unbounded_by_type()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Unbounded()).WithStashCapacity(2));
        Assert.Equal(-1, await actor.Ask<int>("capacity", TimeSpan.FromSeconds(5)));
    }

    [Fact(DisplayName = "The stash knows its count, and a filter decides what UnstashAll brings back")]
    public async Task Count_and_filter()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stasher(TestActor)));
        foreach (var message in new[] { "a1", "b1", "a2", "stash count", "filter", "open" })
            actor.Tell(message, TestActor);
        await ExpectMsgAsync(3);
        await ExpectMsgAsync(("a1", TestActor));
        await ExpectMsgAsync(("a2", TestActor));
    }

    [Fact(DisplayName = "Prepend puts foreign envelopes before what is stashed")]
    public async Task Prepend()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stasher(TestActor)));
        var other = CreateTestProbe();
        actor.Tell("stashed", TestActor);
        actor.Tell(new Prepended([new Envelope("first", other.Ref), new Envelope("second", other.Ref)]));
        actor.Tell("open");
        await ExpectMsgAsync(("first", other.Ref));
        await ExpectMsgAsync(("second", other.Ref));
        await ExpectMsgAsync(("stashed", TestActor));
    }

    [Fact(DisplayName = "A stashed Terminated is delivered again")]
    public async Task Terminated_can_be_stashed()
    {
        var other = Sys.ActorOf(Quiet.Props);
        var actor = Sys.ActorOf(Props.Create(() => new Stasher(TestActor)));
        actor.Tell(new Do(context => context.Watch(other)));
        await Handled(actor);
        await Stopped(other);
        await ExpectMsgAsync("stashed Terminated");
        actor.Tell("open");
        await ExpectMsgAsync(("terminated", other));
    }

    private sealed class Unbounded : UntypedActor, IWithUnboundedStash
    {
        public IStash Stash { get; set; } = null!;

        protected override void OnReceive(object message) => Sender.Tell(Stash.Capacity);
    }

    private sealed record Prepended(IReadOnlyList<Envelope> Envelopes);

    /// <summary>Stashes every other text until it is told "open".</summary>
    private sealed class Stasher(IActorRef to) : UntypedActor, IWithStash
    {
        private bool _open;

        public IStash Stash { get; set; } = null!;

        protected override void PreRestart(Exception reason, object message)
        {
            to.Tell($"PreRestart with {Stash.Count}");
            if ("fail and clear".Equals(message))
                Stash.ClearStash();
        }

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
                case Terminated when !_open:
                    Stash.Stash();
                    to.Tell("stashed Terminated");
                    break;
                case Terminated terminated:
                    // As such it would be dropped by the test actor, which did not watch.
                    to.Tell(("terminated", terminated.ActorRef));
                    break;
                case Prepended prepended:
                    Stash.Prepend(prepended.Envelopes);
                    break;
                case "open":
                    _open = true;
                    Stash.UnstashAll();
                    break;
                case "filter":
                    Stash.UnstashAll(envelope => envelope.Message is string text && text.StartsWith('a'));
                    break;
                case "unstash":
                    Stash.Unstash();
                    break;
                case "capacity":
                    to.Tell(Stash.Capacity);
                    break;
                case "stash count":
                    to.Tell(Stash.NonEmpty && !Stash.IsEmpty ? Stash.Count : 0);
                    break;
                case "twice":
                    Stash.Stash();
                    to.Tell(Record.Exception(Stash.Stash));
                    break;
                case "overflow":
                    to.Tell(Record.Exception(Stash.Stash));
                    break;
                case "fail" or "fail and clear":
                    throw new Boom("fail");
                case string when !_open:
                    Stash.Stash();
                    break;
                default:
                    to.Tell((message as string, Sender));
                    break;
            }
        }
    }
}

public sealed class ConfiguredStashSpec : Spec
{
    public ConfiguredStashSpec() : base("""akka.actor.deployment."/bounded".stash-capacity = 3""")
    {
    }

    [Fact(DisplayName = "The capacity can be configured for a path or given by Props")]
    public async Task Capacity_by_path()
    {
        var configured = Sys.ActorOf(Props.Create(() => new TellsCapacity()), "bounded");
        Assert.Equal(3, await configured.Ask<int>("capacity", TimeSpan.FromSeconds(5)));
        var own = Sys.ActorOf(Props.Create(() => new TellsCapacity()).WithStashCapacity(5), "other");
        Assert.Equal(5, await own.Ask<int>("capacity", TimeSpan.FromSeconds(5)));
    }

    private sealed class TellsCapacity : UntypedActor, IWithStash
    {
        public IStash Stash { get; set; } = null!;

        protected override void OnReceive(object message) => Sender.Tell(Stash.Capacity);
    }
}

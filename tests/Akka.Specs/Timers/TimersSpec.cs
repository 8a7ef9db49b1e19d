using Akka.Event;

namespace Specs.Timers;

public sealed class TimersSpec : TimedSpec
{
    [Fact(DisplayName = "A timer can be started in the constructor")]
    public async Task Usable_in_the_constructor()
    {
        var actor = Sys.ActorOf(Props.Create(() => new StartsInConstructor(TestActor)));
        await Handled(actor);
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        await ExpectMsgAsync("tick");
    }

    [Fact(DisplayName = "Timers of a constructor that threw are cancelled: the dead actor is told nothing")]
    public async Task Constructor_that_threw()
    {
        var supervisor = Sys.ActorOf(Parent.Props(SupervisorStrategy.StoppingStrategy));
        var actor = StartChild(supervisor, Props.Create(() => new StartsTimerAndThrows()));
        await WatchAsync(actor);
        await ExpectTerminatedAsync(actor);
        var letters = CreateTestProbe();
        Sys.EventStream.Subscribe(letters, typeof(DeadLetter));
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        Sys.DeadLetters.Tell("last", ActorRefs.NoSender);
        Assert.Equal("last", (await letters.ExpectMsgAsync<DeadLetter>()).Message);
    }

    [Fact(DisplayName = "A single timer fires once, with its actor's DeadLetters as sender, and is inactive while its message is handled")]
    public async Task Single_timer()
    {
        var actor = await Timed();
        Start(actor, t => t.StartSingleTimer("key", new Inspect("key"), Ms(100)));
        await Handled(actor);
        Scheduler.Advance(Ms(99));
        await Handled(actor);
        Scheduler.Advance(Ms(1));
        await ExpectMsgAsync(("active", false));
        await ExpectMsgAsync(Sys.DeadLetters);
        Scheduler.Advance(TimeSpan.FromMinutes(1));
        await Nothing(actor);
    }

    [Fact(DisplayName = "A periodic timer fires at each interval, first after the initial delay")]
    public async Task Periodic_timer()
    {
        var actor = await Timed();
        Start(actor, t => t.StartPeriodicTimer("key", "tick", Ms(10), Ms(100)));
        await Handled(actor);
        Scheduler.Advance(Ms(10));
        await ExpectMsgAsync("tick");
        for (var i = 0; i < 3; i++)
        {
            Scheduler.Advance(Ms(99));
            await Nothing(actor);
            Scheduler.Advance(Ms(1));
            await ExpectMsgAsync("tick");
        }
    }

    [Fact(DisplayName = "A slow actor gets every tick of a periodic timer: they are not merged")]
    public async Task Ticks_are_not_merged()
    {
        var actor = await Timed();
        Start(actor, t => t.StartPeriodicTimer("key", "tick", Ms(100)));
        using var gate = new ManualResetEventSlim();
        Start(actor, _ =>
        {
            TestActor.Tell("slow");
            gate.Wait(TimeSpan.FromSeconds(30));
        });
        await ExpectMsgAsync("slow");
        for (var i = 0; i < 3; i++)
            Scheduler.Advance(Ms(100));
        gate.Set();
        for (var i = 0; i < 3; i++)
            await ExpectMsgAsync("tick");
        await Nothing(actor);
    }

    [Fact(DisplayName = "A timer's message has the sender that the timer was given")]
    public async Task Sender_of_the_timer()
    {
        var other = CreateTestProbe();
        var actor = await Timed();
        Start(actor, t => t.StartSingleTimer("key", new Inspect("key"), Ms(100), other.Ref));
        await Handled(actor);
        Scheduler.Advance(Ms(100));
        await ExpectMsgAsync(("active", false));
        await ExpectMsgAsync(other.Ref);
    }

    [Fact(DisplayName = "A new timer of the same key replaces the old one")]
    public async Task Same_key_replaces()
    {
        var actor = await Timed();
        Start(actor, t => t.StartSingleTimer("key", "old", Ms(100)));
        Start(actor, t => t.StartSingleTimer("key", "new", Ms(200)));
        await Handled(actor);
        Scheduler.Advance(Ms(100));
        await Nothing(actor);
        Scheduler.Advance(Ms(100));
        await ExpectMsgAsync("new");
    }

    [Fact(DisplayName = "A cancelled timer is not active and does not fire; the others do")]
    public async Task Cancel_one()
    {
        var actor = await Timed();
        Start(actor, t =>
        {
            t.StartSingleTimer("one", "one", Ms(100));
            t.StartSingleTimer("two", "two", Ms(100));
            t.Cancel("one");
            TestActor.Tell((t.IsTimerActive("one"), t.IsTimerActive("two"), t.ActiveTimers.Count));
        });
        await ExpectMsgAsync((false, true, 1));
        Scheduler.Advance(Ms(100));
        await ExpectMsgAsync("two");
        await Nothing(actor);
    }

    [Fact(DisplayName = "CancelAll cancels every timer")]
    public async Task Cancel_all()
    {
        var actor = await Timed();
        Start(actor, t =>
        {
            t.StartSingleTimer("one", "one", Ms(100));
            t.StartPeriodicTimer("two", "two", Ms(100));
            t.CancelAll();
        });
        await Handled(actor);
        Scheduler.Advance(Ms(100));
        await Nothing(actor);
    }

    [Fact(DisplayName = "After Cancel no message of the timer is received, even if it is in the mailbox already")]
    public async Task Cancel_beats_the_mailbox()
    {
        var actor = await Timed();
        Start(actor, t => t.StartSingleTimer("key", "tick", Ms(100)));
        await InMailbox(actor, t => t.Cancel("key"));
        await Nothing(actor);
    }

    [Fact(DisplayName = "After a replacement no message of the old timer is received, even if it is in the mailbox already")]
    public async Task Replacement_beats_the_mailbox()
    {
        var actor = await Timed();
        Start(actor, t => t.StartSingleTimer("key", "old", Ms(100)));
        await InMailbox(actor, t => t.StartSingleTimer("key", "new", Ms(100)));
        await Nothing(actor);
        Scheduler.Advance(Ms(100));
        await ExpectMsgAsync("new");
    }

    [Fact(DisplayName = "After a restart no message of the old instance's timers is received, even if it is in the mailbox already")]
    public async Task Restart_beats_the_mailbox()
    {
        var actor = await Timed();
        Start(actor, t =>
        {
            t.StartSingleTimer("key", "single", Ms(100));
            t.StartPeriodicTimer("other", "periodic", Ms(100));
        });
        await InMailbox(actor, _ => throw new Boom("restart"));
        await ExpectMsgAsync(("PreRestart", 0));
        await Nothing(actor);
        Scheduler.Advance(Ms(100));
        await Nothing(actor);
    }

    [Fact(DisplayName = "Timers are cancelled before PreRestart and before PostStop")]
    public async Task Cancelled_before_the_hooks()
    {
        var actor = await Timed();
        Start(actor, t => t.StartSingleTimer("key", "tick", Ms(100)));
        Start(actor, _ => throw new Boom("restart"));
        await ExpectMsgAsync(("PreRestart", 0));
        Start(actor, t => t.StartSingleTimer("key", "tick", Ms(100)));
        Start(actor, _ => Sys.Stop(actor));
        await ExpectMsgAsync(("PostStop", 0));
    }

    [Fact(DisplayName = "A poison pill by timer stops the actor, a kill by timer fails it")]
    public async Task Pill_and_kill_by_timer()
    {
        var one = Watch(await Timed());
        Start(one, t => t.StartSingleTimer("key", PoisonPill.Instance, Ms(100)));
        await Handled(one);
        Scheduler.Advance(Ms(100));
        await ExpectMsgAsync(("PostStop", 0));
        await ExpectTerminatedAsync(one);

        var other = Watch(await Timed());
        Start(other, t => t.StartSingleTimer("key", Kill.Instance, Ms(100)));
        await Handled(other);
        Scheduler.Advance(Ms(100));
        await ExpectMsgAsync(("PostStop", 0));
        await ExpectTerminatedAsync(other);
    }

    [Fact(DisplayName = "Stashing a timer's message stashes the message itself")]
    public async Task Stashed_message_is_the_inner_one()
    {
        var actor = Sys.ActorOf(Props.Create(() => new StashesTicks(TestActor)));
        await Handled(actor);
        Scheduler.Advance(Ms(100));
        await ExpectMsgAsync("stashed");
        actor.Tell("open");
        await ExpectMsgAsync("tick");
    }

    private async Task<IActorRef> Timed()
    {
        var actor = Sys.ActorOf(Props.Create(() => new TimedActor(TestActor)));
        await Handled(actor);
        return actor;
    }

    private static void Start(IActorRef actor, Action<ITimerScheduler> work) => actor.Tell(new WithTimers(work));

    /// <summary>Lets the timer's message come into the mailbox while the actor is busy, which then does the work.</summary>
    private async Task InMailbox(IActorRef actor, Action<ITimerScheduler> work)
    {
        await Handled(actor);
        using var inside = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        Start(actor, timers =>
        {
            inside.Set();
            if (!gate.Wait(TimeSpan.FromSeconds(5)))
                throw new TimeoutException("the test opens the gate");
            work(timers);
        });
        Assert.True(inside.Wait(TimeSpan.FromSeconds(5)));
        Scheduler.Advance(Ms(100));
        var probe = CreateTestProbe();
        probe.Send(actor, Ping.Instance);
        gate.Set();
        await probe.ExpectMsgAsync<Pong>();
    }

    /// <summary>Everything that the actor had to handle is handled, and none of it told the test anything.</summary>
    private async Task Nothing(IActorRef actor)
    {
        await Handled(actor);
        Assert.False(HasMessages);
    }

    private sealed record WithTimers(Action<ITimerScheduler> Work);

    private sealed record Inspect(string Key);

    private sealed class TimedActor(IActorRef to) : UntypedActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreRestart(Exception reason, object message) => to.Tell(("PreRestart", Timers.ActiveTimers.Count));

        protected override void PostStop() => to.Tell(("PostStop", Timers.ActiveTimers.Count));

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case WithTimers work:
                    work.Work(Timers);
                    break;
                case Inspect inspect:
                    to.Tell(("active", Timers.IsTimerActive(inspect.Key)));
                    to.Tell(Sender);
                    break;
                case Ping:
                    Sender.Tell(Pong.Instance);
                    break;
                case string:
                    to.Tell(message);
                    break;
            }
        }
    }

    private sealed class StartsInConstructor : UntypedActor, IWithTimers
    {
        private readonly IActorRef _to;

        public StartsInConstructor(IActorRef to)
        {
            _to = to;
            Timers.StartSingleTimer("key", "tick", TimeSpan.FromSeconds(1));
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void OnReceive(object message)
        {
            if (message is Ping)
                Sender.Tell(Pong.Instance);
            else
                _to.Tell(message);
        }
    }

    private sealed class StartsTimerAndThrows : UntypedActor, IWithTimers
    {
        public StartsTimerAndThrows()
        {
            Timers.StartPeriodicTimer("key", "tick", TimeSpan.FromSeconds(1));
            throw new Boom("construction");
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void OnReceive(object message) => Unhandled(message);
    }

    private sealed class StashesTicks(IActorRef to) : UntypedActor, IWithTimers, IWithStash
    {
        private bool _open;

        public ITimerScheduler Timers { get; set; } = null!;

        public IStash Stash { get; set; } = null!;

        protected override void PreStart() => Timers.StartSingleTimer("key", "tick", Ms(100));

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Ping:
                    Sender.Tell(Pong.Instance);
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

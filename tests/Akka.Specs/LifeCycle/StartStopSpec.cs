using Akka.Event;

namespace Specs.LifeCycle;

public sealed class StartStopSpec : Spec
{
    [Fact(DisplayName = "PreStart runs before the first message, PostStop after the last")]
    public async Task PreStart_first_PostStop_last()
    {
        var actor = Sys.ActorOf(Worker.Props(TestActor));
        actor.Tell("message");
        actor.Tell(PoisonPill.Instance);
        await ExpectMsgAsync("PreStart");
        await ExpectMsgAsync("message");
        await ExpectMsgAsync("PostStop");
    }

    [Fact(DisplayName = "A poison pill waits for the messages before it; those behind it are dead letters")]
    public async Task PoisonPill_is_queued()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var actor = Sys.ActorOf(Quiet.Props);
        using var gate = new ManualResetEventSlim();
        actor.Tell(new Do(_ => gate.Wait(TimeSpan.FromSeconds(5))));
        actor.Tell(new Do(_ => TestActor.Tell("before")));
        actor.Tell(PoisonPill.Instance);
        actor.Tell("behind");
        gate.Set();
        await ExpectMsgAsync("before");
        var letter = await ExpectMsgAsync<DeadLetter>();
        Assert.Equal("behind", letter.Message);
        Assert.Equal(actor, letter.Recipient);
    }

    [Fact(DisplayName = "Stop ends the current message and leaves the queued ones to dead letters")]
    public async Task Stop_overtakes()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var actor = Sys.ActorOf(Quiet.Props);
        using var gate = new ManualResetEventSlim();
        actor.Tell(new Do(_ =>
        {
            TestActor.Tell("began");
            gate.Wait(TimeSpan.FromSeconds(5));
            TestActor.Tell("current");
        }));
        await ExpectMsgAsync("began");
        actor.Tell("queued 1", TestActor);
        actor.Tell("queued 2", TestActor);
        Sys.Stop(actor);
        gate.Set();
        await ExpectMsgAsync("current");
        Assert.Equal("queued 1", (await ExpectMsgAsync<DeadLetter>()).Message);
        var second = await ExpectMsgAsync<DeadLetter>();
        Assert.Equal("queued 2", second.Message);
        Assert.Equal(TestActor, second.Sender);
    }

    [Fact(DisplayName = "Kill fails the actor with ActorKilledException, which stops it by default")]
    public async Task Kill_stops()
    {
        var failures = CreateTestProbe();
        var parent = Sys.ActorOf(Parent.Props(Actors.ActorOfSpec.Reporting(failures)));
        StartChild(parent, Quiet.Props).Tell(Kill.Instance);
        await failures.ExpectMsgAsync<ActorKilledException>();

        var lonely = Sys.ActorOf(Quiet.Props);
        Watch(lonely);
        lonely.Tell(Kill.Instance);
        await ExpectTerminatedAsync(lonely);
    }

    [Fact(DisplayName = "Children stop before their parent's PostStop, and watchers hear after it")]
    public async Task Children_stop_first()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Family(TestActor)), "family");
        await ExpectMsgAsync("PreStart family");
        await ExpectMsgAsync("PreStart child");
        Watch(actor);
        Sys.Stop(actor);
        await ExpectMsgAsync("PostStop child");
        await ExpectMsgAsync("PostStop family");
        await ExpectTerminatedAsync(actor);
    }

    [Fact(DisplayName = "The parent can use the name again when it hears of the child's end")]
    public async Task Name_is_free_when_the_parent_hears()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Recreates(TestActor)));
        for (var i = 0; i < 20; i++)
        {
            actor.Tell("next");
            await ExpectMsgAsync("started");
        }
    }

    [Fact(DisplayName = "What is sent to a stopped actor is a dead letter with message, sender and recipient")]
    public async Task Late_messages_are_dead_letters()
    {
        var actor = Sys.ActorOf(Quiet.Props);
        await Stopped(actor);
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        actor.Tell("late", TestActor);
        var letter = await ExpectMsgAsync<DeadLetter>();
        Assert.Equal("late", letter.Message);
        Assert.Equal(TestActor, letter.Sender);
        Assert.Equal(actor, letter.Recipient);
    }

    [Fact(DisplayName = "An actor that is disposable is disposed of when it stops")]
    public async Task Disposable_is_disposed_on_stop()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Disposable(TestActor)));
        Sys.Stop(actor);
        await ExpectMsgAsync("PostStop");
        await ExpectMsgAsync("Dispose");
    }

    private sealed class Family(IActorRef log) : UntypedActor
    {
        protected override void PreStart()
        {
            log.Tell($"PreStart {Self.Path.Name}");
            if (Self.Path.Name == "family")
                Context.ActorOf(Props.Create(() => new Family(log)), "child");
        }

        protected override void PostStop() => log.Tell($"PostStop {Self.Path.Name}");

        protected override void OnReceive(object message) => Unhandled(message);
    }

    private sealed class Recreates : ReceiveActor
    {
        public Recreates(IActorRef to)
        {
            Receive<string>(_ =>
            {
                var child = Context.Child("child");
                if (child.IsNobody())
                    Start(to);
                else
                    Context.Stop(child);
            });
            Receive<Terminated>(_ => Start(to));
        }

        private static void Start(IActorRef to)
        {
            Context.Watch(Context.ActorOf(Quiet.Props, "child"));
            to.Tell("started");
        }
    }

    private sealed class Disposable(IActorRef to) : UntypedActor, IDisposable
    {
        protected override void PostStop() => to.Tell("PostStop");

        public void Dispose() => to.Tell("Dispose", ActorRefs.NoSender);

        protected override void OnReceive(object message) => Unhandled(message);
    }
}

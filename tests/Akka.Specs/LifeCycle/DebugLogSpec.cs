using Akka.Event;

namespace Specs.LifeCycle;

/// <summary>What <c>akka.actor.debug</c> turns on, as subscribers of the event stream see it.</summary>
public sealed class DebugLogSpec : Spec
{
    public DebugLogSpec() : base(
        """
        akka.actor.debug {
          receive = on
          autoreceive = on
          lifecycle = on
          unhandled = on
          log-timers = on
        }
        """)
    {
    }

    [Fact(DisplayName = "debug.lifecycle tells of start, restart and stop, by the actor's path")]
    public async Task LifeCycle()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Debug));
        var actor = Sys.ActorOf(Quiet.Props, "observed");
        await Logged(actor, "Started (");
        actor.Tell(Fail.With("boom"));
        await Logged(actor, "Restarting");
        await Logged(actor, "Restarted (");
        Sys.Stop(actor);
        await Logged(actor, "Stopping");
        await Logged(actor, "Stopped");
    }

    [Fact(DisplayName = "debug.lifecycle tells of watchers that come and go")]
    public async Task Watchers()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Debug));
        var actor = Sys.ActorOf(Quiet.Props, "watched");
        var watcher = CreateTestProbe();
        watcher.Watch(actor);
        await Logged(actor, $"now watched by {watcher.Ref}");
        watcher.Unwatch(actor);
        await Logged(actor, $"no longer watched by {watcher.Ref}");
    }

    [Fact(DisplayName = "debug.autoreceive tells of messages that the system handles itself")]
    public async Task Auto_received()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Debug));
        var actor = Sys.ActorOf(Quiet.Props, "pilled");
        actor.Tell(PoisonPill.Instance);
        await Logged(actor, $"received AutoReceiveMessage {PoisonPill.Instance}");
    }

    [Fact(DisplayName = "debug.receive tells of each message of an actor that is marked for it, and whether it was handled")]
    public async Task Received()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Debug));
        var actor = Sys.ActorOf(Props.Create(() => new MarkedForLog()), "logged");
        actor.Tell("known", TestActor);
        await Logged(actor, $"received handled message known from {TestActor.Path}");
        actor.Tell(42, TestActor);
        await Logged(actor, $"received unhandled message 42 from {TestActor.Path}");
    }

    [Fact(DisplayName = "debug.unhandled tells of each message that nobody handled")]
    public async Task Not_handled()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Debug));
        var actor = Sys.ActorOf(Props.Create(() => new MarkedForLog()), "unhandled");
        actor.Tell(43, TestActor);
        await FishForMessageAsync<Debug>(m => $"{m.Message}" == $"Unhandled message from {TestActor.Path} : 43");
    }

    [Fact(DisplayName = "debug.log-timers tells of each timer that is started")]
    public async Task Timers()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Debug));
        Sys.ActorOf(Props.Create(() => new StartsTimer()));
        await FishForMessageAsync<Debug>(m => $"{m.Message}".StartsWith("Start timer [key]", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "A failure of PostStop is logged as an error with its own message")]
    public async Task PostStop_fails()
    {
        var actor = Sys.ActorOf(Props.Create(() => new FailsAtTheEnd()));
        await EventFilter.Exception<Boom>("the end").ExpectOneAsync(() =>
        {
            Sys.Stop(actor);
            return Task.CompletedTask;
        });
    }

    private async Task Logged(IActorRef actor, string start) => await FishForMessageAsync<Debug>(m =>
        m.LogSource.StartsWith(actor.Path.ToString(), StringComparison.Ordinal) && $"{m.Message}".StartsWith(start, StringComparison.Ordinal));

    private sealed class MarkedForLog : ReceiveActor, ILogReceive
    {
        public MarkedForLog() => Receive<string>(_ => { });
    }

    private sealed class StartsTimer : UntypedActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => Timers.StartSingleTimer("key", "tick", TimeSpan.FromMinutes(1));

        protected override void OnReceive(object message) => Unhandled(message);
    }

    private sealed class FailsAtTheEnd : UntypedActor
    {
        protected override void PostStop() => throw new Boom("the end");

        protected override void OnReceive(object message) => Unhandled(message);
    }
}

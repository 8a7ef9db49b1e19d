namespace Specs.DeathWatch;

public sealed class DeathWatchSpec : Spec
{
    [Fact(DisplayName = "A watcher gets one Terminated when the actor stops")]
    public async Task One_terminated()
    {
        var actor = Watch(Sys.ActorOf(Quiet.Props));
        Sys.Stop(actor);
        var terminated = await ExpectTerminatedAsync(actor);
        Assert.True(terminated.ExistenceConfirmed);
        Assert.False(terminated.AddressTerminated);
        await NoMore();
    }

    [Fact(DisplayName = "Every watcher gets its own Terminated")]
    public async Task Every_watcher()
    {
        var actor = Sys.ActorOf(Quiet.Props);
        var probes = Enumerable.Range(0, 5).Select(_ => CreateTestProbe()).ToList();
        foreach (var probe in probes)
            probe.Watch(actor);
        Sys.Stop(actor);
        foreach (var probe in probes)
            await probe.ExpectTerminatedAsync(actor);
    }

    [Fact(DisplayName = "Terminated comes after every message that the actor had sent to the watcher")]
    public async Task Terminated_is_last()
    {
        const int count = 1_000;
        var actor = Watch(Sys.ActorOf(Quiet.Props));
        actor.Tell(new Do(context =>
        {
            for (var i = 0; i < count; i++)
                TestActor.Tell(i);
            context.Stop(context.Self);
        }));
        for (var i = 0; i < count; i++)
            await ExpectMsgAsync(i);
        await ExpectTerminatedAsync(actor);
    }

    [Fact(DisplayName = "Watching an actor that has stopped already gives one Terminated too")]
    public async Task Watching_the_dead()
    {
        var actor = Sys.ActorOf(Quiet.Props);
        await Stopped(actor);
        Watch(actor);
        await ExpectTerminatedAsync(actor);
        await NoMore();
    }

    [Fact(DisplayName = "Watching what never existed gives a Terminated without existence confirmed")]
    public async Task Watching_what_never_was()
    {
        var never = ((ExtendedActorSystem)Sys).Provider.ResolveActorRef($"akka://{Sys.Name}/user/never-was");
        Watch(never);
        var terminated = await ExpectMsgAsync<Terminated>();
        Assert.Equal(never.Path, terminated.ActorRef.Path);
        Assert.False(terminated.ExistenceConfirmed);
    }

    [Fact(DisplayName = "A restart is no termination")]
    public async Task Restart_is_not_seen()
    {
        var actor = Watch(Sys.ActorOf(Quiet.Props));
        actor.Tell(Fail.With("boom"));
        await Handled(actor);
        await NoMore();
        Sys.Stop(actor);
        await ExpectTerminatedAsync(actor);
    }

    [Fact(DisplayName = "After Unwatch there is no Terminated")]
    public async Task Unwatch_ends_it()
    {
        var actor = Watch(Sys.ActorOf(Quiet.Props));
        Unwatch(actor);
        await Stopped(actor);
        await NoMore();
    }

    [Fact(DisplayName = "After Unwatch there is no Terminated even if it was in the mailbox already")]
    public async Task Unwatch_beats_the_mailbox()
    {
        var subject = Sys.ActorOf(Quiet.Props);
        var watcher = Sys.ActorOf(Props.Create(() => new TellsTerminated(TestActor)));
        watcher.Tell(new Do(context => context.Watch(subject)));
        await Handled(watcher);
        using var inside = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        watcher.Tell(new Do(_ =>
        {
            inside.Set();
            gate.Wait(TimeSpan.FromSeconds(5));
        }));
        watcher.Tell(new Do(context => context.Unwatch(subject)));
        Assert.True(inside.Wait(TimeSpan.FromSeconds(5)));
        // The notice is a system message: it is taken before the second message, and Terminated queues up behind that. The probe
        // watched later than the watcher, so the watcher's notice was sent no later than the probe's.
        await Stopped(subject);
        gate.Set();
        // The first answer tells that the notice is queued, the second that it has been handled.
        await Handled(watcher);
        await Handled(watcher);
        Assert.False(HasMessages);
    }

    [Fact(DisplayName = "Watching twice gives one Terminated")]
    public async Task Twice_is_once()
    {
        var actor = Sys.ActorOf(Quiet.Props);
        Watch(actor);
        Watch(actor);
        Sys.Stop(actor);
        await ExpectTerminatedAsync(actor);
        await NoMore();
    }

    [Fact(DisplayName = "WatchWith sends the given message instead of Terminated")]
    public async Task WatchWith_sends_its_message()
    {
        var subject = Sys.ActorOf(Quiet.Props);
        var watcher = Sys.ActorOf(Worker.Props(TestActor));
        await ExpectMsgAsync("PreStart");
        watcher.Tell(new Do(context => context.WatchWith(subject, "it is gone")));
        await Handled(watcher);
        Sys.Stop(subject);
        await ExpectMsgAsync("it is gone");
    }

    [Fact(DisplayName = "The first of two registrations counts: WatchWith after Watch changes nothing")]
    public async Task First_registration_counts()
    {
        var subject = Sys.ActorOf(Quiet.Props);
        var watcher = Sys.ActorOf(Props.Create(() => new TellsTerminated(TestActor)));
        watcher.Tell(new Do(context =>
        {
            context.Watch(subject);
            context.WatchWith(subject, "custom");
        }));
        await Handled(watcher);
        Sys.Stop(subject);
        await ExpectMsgAsync(("terminated", subject));
    }

    [Fact(DisplayName = "The first WatchWith message is kept by a second one")]
    public async Task First_message_counts()
    {
        var subject = Sys.ActorOf(Quiet.Props);
        var watcher = Sys.ActorOf(Worker.Props(TestActor));
        await ExpectMsgAsync("PreStart");
        watcher.Tell(new Do(context =>
        {
            context.WatchWith(subject, "first");
            context.WatchWith(subject, "second");
        }));
        await Handled(watcher);
        Sys.Stop(subject);
        await ExpectMsgAsync("first");
    }

    [Fact(DisplayName = "An actor that watches itself stops without a notice to itself")]
    public async Task Self_watch()
    {
        var actor = Watch(Sys.ActorOf(Quiet.Props));
        actor.Tell(new Do(context => context.Watch(context.Self)));
        await Stopped(actor);
        await ExpectTerminatedAsync(actor);
    }

    [Fact(DisplayName = "An actor that does not handle Terminated dies of it")]
    public async Task Death_pact()
    {
        var subject = Sys.ActorOf(Quiet.Props);
        var watcher = Watch(Sys.ActorOf(Props.Create(() => new NoTerminated(subject))));
        await Handled(watcher);
        Sys.Stop(subject);
        await ExpectTerminatedAsync(watcher);
    }

    [Fact(DisplayName = "The default PreRestart unwatches the children that it stops")]
    public async Task Restart_unwatches_children()
    {
        var watcher = Sys.ActorOf(Props.Create(() => new TellsTerminated(TestActor)));
        watcher.Tell(new Do(context =>
        {
            TestActor.Tell(context.Watch(context.ActorOf(Quiet.Props)));
        }));
        var child = Watch(await ExpectMsgAsync<IActorRef>());
        watcher.Tell(Fail.With("boom"));
        await ExpectTerminatedAsync(child);
        await Handled(watcher);
        Assert.False(HasMessages);
    }

    /// <summary>A marker that goes the way of every message: nothing came before it.</summary>
    private async Task NoMore()
    {
        TestActor.Tell("marker");
        await ExpectMsgAsync("marker");
    }

    private sealed class TellsTerminated(IActorRef to) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Terminated terminated:
                    // Another actor's notice would be dropped by the test actor, which did not watch.
                    to.Tell(("terminated", terminated.ActorRef));
                    break;
                case Do work:
                    work.Work(Context);
                    break;
                case Fail failure:
                    throw failure.Cause;
                case Ping:
                    Sender.Tell(Pong.Instance);
                    break;
                default:
                    to.Tell(message);
                    break;
            }
        }
    }

    private sealed class NoTerminated : ReceiveActor
    {
        public NoTerminated(IActorRef subject)
        {
            Context.Watch(subject);
            Receive<Ping>(_ => Sender.Tell(Pong.Instance));
        }
    }
}

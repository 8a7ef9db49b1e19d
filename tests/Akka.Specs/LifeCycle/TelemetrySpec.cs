namespace Specs.LifeCycle;

public sealed class TelemetrySpec : Spec
{
    public TelemetrySpec() : base("akka.actor.telemetry.enabled = on")
    {
    }

    [Fact(DisplayName = "With telemetry on, each actor's start, restart and stop is published with its type")]
    public async Task Events()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(IActorTelemetryEvent));
        var actor = Sys.ActorOf(Quiet.Props, "observed");
        await About(actor, m => m is ActorStarted);
        var cause = new Boom("restart");
        actor.Tell(new Fail(cause));
        await About(actor, m => m is ActorRestarted { Reason: var reason } && ReferenceEquals(reason, cause));
        Sys.Stop(actor);
        await About(actor, m => m is ActorStopped);
    }

    [Fact(DisplayName = "An actor that is restarted stops its children for good: the events say so")]
    public async Task Children_of_a_restarted_parent()
    {
        var parent = Sys.ActorOf(Parent.Props(SupervisorStrategy.DefaultStrategy));
        var child = StartChild(parent, Quiet.Props);
        await Handled(child);
        Sys.EventStream.Subscribe(TestActor, typeof(IActorTelemetryEvent));
        parent.Tell(new Do(_ => throw new Boom("restart")));
        await About(child, m => m is ActorStopped);
        await About(parent, m => m is ActorRestarted);
    }

    private async Task About(IActorRef actor, Func<IActorTelemetryEvent, bool> expected)
    {
        // The kit's own actors have their events too.
        var found = await FishForMessageAsync<IActorTelemetryEvent>(m => m.Subject.Equals(actor));
        Assert.True(expected(found), $"unexpected {found.GetType()}");
        Assert.True(typeof(ActorBase).IsAssignableFrom(found.ActorType));
    }
}

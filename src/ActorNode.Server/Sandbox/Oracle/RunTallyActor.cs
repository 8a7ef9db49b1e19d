using ActorNode.Protocol.Jobs;
using Akka.Actor;

namespace ActorNode.Server.Sandbox.Oracle;

/// <summary>Tells the tally what becomes of runs, of one run in order. What a killed actor did not tell is looked up by who keeps the tally.</summary>
internal sealed class RunTallyActor : ReceiveActor
{
    public static Props Props(RunTally tally) => Akka.Actor.Props.Create(() => new RunTallyActor(tally));

    public RunTallyActor(RunTally tally) => Receive<JobEvents.RunChanged>(changed => tally.Changed(changed.Run));

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(JobEvents.RunChanged));

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);
}

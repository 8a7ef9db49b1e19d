namespace Specs.Support;

/// <summary>Does what it is told; tells everything else, and each call of its life cycle, to the reference it was made with.</summary>
public class Worker(IActorRef log) : UntypedActor
{
    private int _handled;

    public static Props Props(IActorRef log) => Akka.Actor.Props.Create(() => new Worker(log));

    protected IActorRef Log { get; } = log;

    protected override void PreStart() => Tell("PreStart");

    protected override void PostStop() => Tell("PostStop");

    protected override void PreRestart(Exception reason, object message)
    {
        Tell($"PreRestart {reason.Message}");
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        Tell($"PostRestart {reason.Message}");
        base.PostRestart(reason);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Do work:
                work.Work(Context);
                break;
            case Fail failure:
                throw failure.Cause;
            case Ping:
                Sender.Tell(Pong.Instance);
                break;
            case "count":
                Sender.Tell(_handled);
                break;
            default:
                _handled++;
                Tell(message);
                break;
        }
    }

    private void Tell(object message) => Log.Tell(message, Self);
}

/// <summary>A <see cref="Worker"/> that says nothing of its own life.</summary>
public class Quiet : UntypedActor
{
    public static Props Props { get; } = Akka.Actor.Props.Create(() => new Quiet());

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Do work:
                work.Work(Context);
                break;
            case Fail failure:
                throw failure.Cause;
            case Ping:
                Sender.Tell(Pong.Instance);
                break;
        }
    }
}

/// <summary>A parent with a strategy of the test's choice that starts children when asked to and answers with their reference.</summary>
public sealed class Parent(SupervisorStrategy strategy) : UntypedActor
{
    public static Props Props(SupervisorStrategy strategy) => Akka.Actor.Props.Create(() => new Parent(strategy));

    protected override SupervisorStrategy SupervisorStrategy() => strategy;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Start start:
                Sender.Tell(Context.ActorOf(start.Props, start.Name));
                break;
            case Do work:
                work.Work(Context);
                break;
            case Ping:
                Sender.Tell(Pong.Instance);
                break;
        }
    }

    public sealed record Start(Props Props, string? Name = null);
}

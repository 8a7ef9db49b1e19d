using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// "/", whose children are /user and /system. It stops them in this order: first what the program started, then, when that is
/// gone, what the system needed for it (loggers, journals).
/// </summary>
internal sealed class RootGuardian : ActorBase
{
    private readonly ActorSystem _system = Context.System;
    private IActorRef? _user;
    private IActorRef? _systemGuardian;

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case Guard guard:
                _user = Context.Watch(guard.User);
                _systemGuardian = Context.Watch(guard.System);
                return true;
            case Terminated { ActorRef: var dead } when dead.Equals(_user):
                _system.EventStream.StopDefaultLoggers(_system);
                Context.Stop(_systemGuardian!);
                return true;
            case Terminated { ActorRef: var dead } when dead.Equals(_systemGuardian):
                Context.Stop(Self);
                return true;
            default:
                return false;
        }
    }

    /// <summary>A guardian that fails takes the system down: nobody could decide about its children any more.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
    {
        _system.Log.Error(cause, "guardian failed, shutting down system");
        return Directive.Stop;
    });

    /// <summary>Tells it whom to watch: references that cannot exist before it does.</summary>
    internal sealed record Guard(IActorRef User, IActorRef System);
}

/// <summary>/user or /system.</summary>
internal sealed class Guardian(SupervisorStrategy strategy) : ActorBase
{
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case Terminated:
                Context.Stop(Self);
                return true;
            default:
                Context.System.DeadLetters.Tell(new DeadLetter(message, Sender, Self), Sender);
                return true;
        }
    }

    protected override void PreRestart(Exception reason, object message)
    {
        // The children of a guardian are the program: its restart does not touch them.
    }

    protected override SupervisorStrategy SupervisorStrategy() => strategy;
}

/// <summary>What is above "/": hears of its death, and the system has ended.</summary>
internal sealed class AboveRoot(IActorRefProvider provider, ActorPath path, Action<Exception> onFailure, Action onTermination) : MinimalActorRef
{
    public override ActorPath Path => path;

    public override IActorRefProvider Provider => provider;

    public override void SendSystemMessage(ISystemMessage message)
    {
        switch (message)
        {
            case Failed failed:
                onFailure(failed.Cause);
                failed.Child.Stop();
                break;
            case DeathWatchNotification:
                onTermination();
                break;
        }
    }
}

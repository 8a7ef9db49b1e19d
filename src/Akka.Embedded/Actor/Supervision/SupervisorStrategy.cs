using Akka.Actor.Internal;
using Akka.Event;
using Akka.Util;

namespace Akka.Actor;

/// <summary>Decides about failed children, on the supervisor's own turn; the child is suspended until then.</summary>
public abstract class SupervisorStrategy : ISurrogated
{
    /// <summary>Stops what could not be started, was killed or did not handle a death; restarts all else.</summary>
    public static readonly IDecider DefaultDecider = Akka.Actor.Decider.From(Directive.Restart,
        Directive.Stop.When<ActorInitializationException>(),
        Directive.Stop.When<ActorKilledException>(),
        Directive.Stop.When<DeathPactException>());

    /// <summary>Restarts without limit, by the default decider.</summary>
    public static readonly SupervisorStrategy DefaultStrategy = new OneForOneStrategy(DefaultDecider);

    /// <summary>Stops whatever fails.</summary>
    public static readonly OneForOneStrategy StoppingStrategy = new(_ => Directive.Stop);

    public abstract IDecider Decider { get; }

    protected bool LoggingEnabled { get; set; } = true;

    /// <summary>A child has stopped, for whatever reason.</summary>
    public abstract void HandleChildTerminated(IActorContext actorContext, IActorRef child, IEnumerable<IInternalActorRef> children);

    /// <summary>Carries out a decision to restart or to stop.</summary>
    public abstract void ProcessFailure(IActorContext context, bool restart, IActorRef child, Exception cause, ChildRestartStats stats,
        IReadOnlyCollection<ChildRestartStats> children);

    public abstract ISurrogate ToSurrogate(ActorSystem system);

    /// <summary>False: the failure is the supervisor's own now.</summary>
    internal bool HandleFailure(IActorContext context, IActorRef child, Exception cause, ChildRestartStats stats,
        IReadOnlyCollection<ChildRestartStats> children)
    {
        var directive = Handle(child, cause);
        switch (directive)
        {
            case Directive.Escalate:
                LogFailure(context, child, cause, directive);
                return false;
            case Directive.Resume:
                LogFailure(context, child, cause, directive);
                ResumeChild(child, cause);
                return true;
            default:
                LogFailure(context, child, cause, directive);
                ProcessFailure(context, directive == Directive.Restart, child, cause, stats, children);
                return true;
        }
    }

    protected abstract Directive Handle(IActorRef child, Exception exception);

    protected void ResumeChild(IActorRef child, Exception exception) => ((IInternalActorRef)child).Resume(exception);

    /// <summary>Siblings of the child that failed have to be suspended first.</summary>
    protected void RestartChild(IActorRef child, Exception cause, bool suspendFirst)
    {
        var target = (IInternalActorRef)child;
        if (suspendFirst)
            target.Suspend();
        target.Restart(cause);
    }

    /// <summary>Restart and Stop are errors, Resume is a warning, Escalate is reported by who decides in the end.</summary>
    protected virtual void LogFailure(IActorContext context, IActorRef child, Exception cause, Directive directive)
    {
        if (!LoggingEnabled || directive == Directive.Escalate)
            return;
        var source = child.Path.ToString();
        var message = (cause as ActorInitializationException)?.InnerException?.Message ?? cause.Message;
        context.System.EventStream.Publish(directive == Directive.Resume
            ? new Warning(cause, source, GetType(), message)
            : new Error(cause, source, GetType(), message));
    }
}

/// <summary>Makes the strategy of the user guardian: <c>akka.actor.guardian-supervisor-strategy</c>.</summary>
public abstract class SupervisorStrategyConfigurator
{
    public abstract SupervisorStrategy Create();

    public static SupervisorStrategyConfigurator CreateConfigurator(string typeName) =>
        TypeNames.Instantiate<SupervisorStrategyConfigurator>(typeName, "akka.actor.guardian-supervisor-strategy");
}

public class DefaultSupervisorStrategy : SupervisorStrategyConfigurator
{
    public override SupervisorStrategy Create() => SupervisorStrategy.DefaultStrategy;
}

public class StoppingSupervisorStrategy : SupervisorStrategyConfigurator
{
    public override SupervisorStrategy Create() => SupervisorStrategy.StoppingStrategy;
}


namespace Akka.Actor;

/// <summary>How the system reaches an actor's context.</summary>
public interface IInternalActor
{
    IActorContext ActorContext { get; }
}

/// <summary>
/// Base of all actors: one message at a time, in the order in which each sender sent them. Made by the system only, from
/// <see cref="Props"/>.
/// </summary>
public abstract class ActorBase : IInternalActor
{
    private readonly ActorCell _cell;

    protected ActorBase()
    {
        _cell = ActorCell.Current ?? throw new ActorInitializationException(
            $"You cannot create an instance of {GetType().FullName} explicitly using the constructor (new). Use Props and ActorOf instead.");
        if (this is IActorStash stashing)
            stashing.Stash = _cell.NewStash(stashing);
        if (this is IWithTimers timing)
            timing.Timers = _cell.Timers = new TimerScheduler(_cell);
    }

    IActorContext IInternalActor.ActorContext => Context;

    protected static Receive EmptyReceive { get; } = static _ => false;

    /// <summary>The context of the actor that runs on this thread.</summary>
    /// <exception cref="NotSupportedException">No actor runs on this thread: for instance in a continuation.</exception>
    protected static IActorContext Context => ActorCell.Current ?? throw new NotSupportedException(
        "There is no active ActorContext, this is most likely due to use of async operations from within this actor.");

    protected IActorRef Self => _cell.Self;

    /// <summary>Who sent the current message; DeadLetters if nobody did.</summary>
    protected IActorRef Sender => Context.Sender;

    internal ActorCell Cell => _cell;

    /// <summary>Asked for once in an incarnation, when the first child fails.</summary>
    internal SupervisorStrategy Strategy => _cell.StrategyOf(this);

    public virtual void AroundPreStart() => PreStart();

    public virtual void AroundPreRestart(Exception cause, object message)
    {
        _cell.CancelTimers();
        PreRestart(cause, message);
    }

    public virtual void AroundPostRestart(Exception cause, object message) => PostRestart(cause);

    public virtual void AroundPostStop()
    {
        _cell.CancelTimers();
        PostStop();
    }

    internal SupervisorStrategy OwnStrategy() => SupervisorStrategy();

    internal Receive BehaviorOf() => Receive;

    internal bool InvokeAroundReceive(Receive behavior, object message) => AroundReceive(behavior, message);

    protected virtual bool AroundReceive(Receive receive, object message)
    {
        if (receive(message))
            return true;
        Unhandled(message);
        return false;
    }

    protected abstract bool Receive(object message);

    /// <summary>What the behaviour did not handle: a DeathPactException for Terminated, else an UnhandledMessage is published.</summary>
    protected virtual void Unhandled(object message) => _cell.PublishUnhandled(message);

    protected void Become(Receive receive) => _cell.Become(receive);

    protected void BecomeStacked(Receive receive) => _cell.BecomeStacked(receive);

    protected void UnbecomeStacked() => _cell.UnbecomeStacked();

    protected void SetReceiveTimeout(TimeSpan? timeout) => _cell.SetReceiveTimeout(timeout);

    /// <summary>Runs before the first message.</summary>
    protected virtual void PreStart()
    {
    }

    /// <summary>Runs on the failed incarnation: stops all children, then <see cref="PostStop"/>.</summary>
    protected virtual void PreRestart(Exception reason, object message)
    {
        foreach (var child in Context.GetChildren())
        {
            Context.Unwatch(child);
            Context.Stop(child);
        }

        PostStop();
    }

    /// <summary>Runs on the new incarnation: <see cref="PreStart"/>.</summary>
    protected virtual void PostRestart(Exception reason) => PreStart();

    /// <summary>Runs when all children have stopped.</summary>
    protected virtual void PostStop()
    {
    }

    /// <summary>How to treat failed children; the strategy of the props, where they have one, goes before it.</summary>
    protected virtual SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.DefaultStrategy;
}

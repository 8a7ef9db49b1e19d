using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>An actor with one method for all messages.</summary>
public abstract class UntypedActor : ActorBase
{
    protected static new IUntypedActorContext Context => (IUntypedActorContext)ActorBase.Context;

    protected sealed override bool Receive(object message)
    {
        OnReceive(message);
        return true;
    }

    /// <summary>Handles a message; calls Unhandled for what it does not know.</summary>
    protected abstract void OnReceive(object message);

    protected void Become(UntypedReceive receive) => Context.Become(receive);

    protected void BecomeStacked(UntypedReceive receive) => Context.BecomeStacked(receive);

    protected void RunTask(Action action) => ActorTaskScheduler.RunTask(action);

    /// <summary>Handles the current message asynchronously; no other is handled until the task has ended.</summary>
    protected void RunTask(Func<Task> action) => ActorTaskScheduler.RunTask(action);
}

public abstract class UntypedActorWithStash : UntypedActor, IWithStash
{
    public IStash Stash { get; set; } = null!;
}

public abstract class UntypedActorWithUnboundedStash : UntypedActor, IWithUnboundedStash
{
    public IStash Stash { get; set; } = null!;
}

public abstract class UntypedActorWithUnrestrictedStash : UntypedActor, IWithUnrestrictedStash
{
    public IStash Stash { get; set; } = null!;
}

using Akka.Actor;

namespace Akka.Dispatch.SysMsg;

/// <summary>What the system tells an actor's cell; handled before user messages, also while those are suspended.</summary>
public interface ISystemMessage : INoSerializationVerificationNeeded;

/// <summary>One link of a cell's system queue: an instance may be sent once.</summary>
internal abstract class SystemMessage : ISystemMessage
{
    internal SystemMessage? Next;

    internal abstract void Apply(ActorCell cell);

    /// <summary>The receiver is gone. Only a watch has to be answered.</summary>
    internal virtual void Undeliverable()
    {
    }
}

internal sealed class Suspend : SystemMessage
{
    internal override void Apply(ActorCell cell) => cell.FaultSuspend();
}

internal sealed class Resume(Exception? causedByFailure) : SystemMessage
{
    internal override void Apply(ActorCell cell) => cell.FaultResume(causedByFailure);
}

internal sealed class Recreate(Exception cause) : SystemMessage
{
    internal override void Apply(ActorCell cell) => cell.FaultRecreate(cause);
}

internal sealed class Terminate : SystemMessage
{
    internal override void Apply(ActorCell cell) => cell.BeginTermination();
}

/// <summary>A child failed and waits, suspended, for the decision of its parent.</summary>
internal sealed class Failed(LocalActorRef child, Exception cause) : SystemMessage
{
    internal LocalActorRef Child { get; } = child;

    internal Exception Cause { get; } = cause;

    internal override void Apply(ActorCell cell) => cell.HandleChildFailure(Child, Cause);
}

internal sealed class Watch(IInternalActorRef watchee, IInternalActorRef watcher) : SystemMessage
{
    internal IInternalActorRef Watchee { get; } = watchee;

    internal IInternalActorRef Watcher { get; } = watcher;

    internal override void Apply(ActorCell cell) => cell.AddWatcher(Watcher);

    internal override void Undeliverable() => Watcher.SendSystemMessage(new DeathWatchNotification(Watchee, true));
}

internal sealed class Unwatch(IInternalActorRef watcher) : SystemMessage
{
    internal IInternalActorRef Watcher { get; } = watcher;

    internal override void Apply(ActorCell cell) => cell.RemoveWatcher(Watcher);
}

internal sealed class DeathWatchNotification(IActorRef actor, bool existenceConfirmed) : SystemMessage
{
    internal IActorRef Actor { get; } = actor;

    internal bool ExistenceConfirmed { get; } = existenceConfirmed;

    internal override void Apply(ActorCell cell) => cell.WatchedActorTerminated(Actor, ExistenceConfirmed);
}

using Akka.Actor;

namespace Akka.Dispatch.SysMsg;

/// <summary>A continuation that waits for its actor's turn.</summary>
internal sealed class ActorTask(ActorTaskScheduler scheduler, Task task) : SystemMessage
{
    internal override void Apply(ActorCell cell) => scheduler.RunOnTurn(task);
}

/// <summary>An asynchronous handler has ended: the mailbox goes on, or the actor fails.</summary>
internal sealed class ActorTaskEnded(ActorTaskScheduler scheduler, Task task) : SystemMessage
{
    internal override void Apply(ActorCell cell) => scheduler.EndOnTurn(task);
}

using System.Runtime.ExceptionServices;

namespace Akka.Actor;

// Asynchronous handlers: the mailbox is suspended while one is awaited; system messages still run.
internal sealed partial class ActorCell
{
    private object? _awaited;

    /// <summary>Counts user messages: two handlings of one message object are told apart by it.</summary>
    internal long MessageNumber { get; private set; }

    internal TimerScheduler? Timers { get; set; }

    /// <summary>Suspends the mailbox for a task and returns the token that ends it.</summary>
    internal object AwaitTask()
    {
        SuspendMailbox();
        _receiveTimeout?.Disarm();
        return _awaited = new object();
    }

    internal void TaskEnded(object operation, Task task)
    {
        // The incarnation that awaited it may be gone, and its suspension with it.
        if (!ReferenceEquals(_awaited, operation))
            return;
        _awaited = null;
        ResumeMailbox();
        TaskEnded(task);
        if (_phase == Phase.Alive && _failure is null && _message is not null)
            _receiveTimeout?.AfterMessage(_message);
    }

    internal void TaskEnded(Task task)
    {
        if (task.IsFaulted)
            ExceptionDispatchInfo.Throw(task.Exception.InnerExceptions.Count == 1 ? task.Exception.InnerException! : task.Exception);
        if (task.IsCanceled)
            throw new TaskCanceledException(task);
    }

    internal HandlingScope Handling(object? message, IActorRef? sender)
    {
        var scope = new HandlingScope(this, _message, _sender);
        (_message, _sender) = (message, sender);
        return scope;
    }

    private void AbandonTasks()
    {
        if (_awaited is null)
            return;
        _awaited = null;
        ResumeMailbox();
    }

    /// <summary>Restores what was being handled before.</summary>
    internal readonly struct HandlingScope(ActorCell cell, object? message, IActorRef? sender) : IDisposable
    {
        public void Dispose() => (cell._message, cell._sender) = (message, sender);
    }
}

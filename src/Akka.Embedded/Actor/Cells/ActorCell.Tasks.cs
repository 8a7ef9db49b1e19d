using System.Runtime.ExceptionServices;

namespace Akka.Actor;

// Asynchronous handlers: the mailbox is suspended while one is awaited; system messages still run.
internal sealed partial class ActorCell
{
    /// <summary>Whether the current message was stashed, so that it is not stashed twice.</summary>
    internal bool IsStashed
    {
        get => _turn.IsStashed;
        set => _turn.IsStashed = value;
    }

    internal TimerScheduler? Timers
    {
        get => _seldom?.Timers;
        set => Rare.Timers = value;
    }

    /// <summary>Whether the current message is still handled, by a task.</summary>
    internal bool AwaitsTask => _seldom?.Awaited is not null;

    /// <summary>Suspends the mailbox for a task and returns the token that ends it.</summary>
    internal object AwaitTask()
    {
        SuspendMailbox();
        _seldom?.ReceiveTimeout?.Disarm();
        return Rare.Awaited = new object();
    }

    internal void TaskEnded(object operation, Task task)
    {
        // The incarnation that awaited it may be gone, and its suspension with it.
        if (!ReferenceEquals(Rare.Awaited, operation))
            return;
        Rare.Awaited = null;
        ResumeMailbox();
        TaskEnded(task);
        if (_turn.Phase == Phase.Alive && _seldom?.Failure is null && _turn.Message is not null)
            _seldom?.ReceiveTimeout?.AfterMessage(_turn.Message);
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
        var scope = new HandlingScope(this, _turn.Message, _turn.Sender);
        (_turn.Message, _turn.Sender) = (message, sender);
        return scope;
    }

    private void AbandonTasks()
    {
        if (!AwaitsTask)
            return;
        Rare.Awaited = null;
        ResumeMailbox();
    }

    /// <summary>Restores what was being handled before.</summary>
    internal readonly struct HandlingScope(ActorCell cell, object? message, IActorRef? sender) : IDisposable
    {
        public void Dispose() => (cell._turn.Message, cell._turn.Sender) = (message, sender);
    }
}

using System.Runtime.ExceptionServices;
using Akka.Dispatch;

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
    internal bool AwaitsTask => _seldom is { AwaitedTasks: > 0 };

    /// <summary>Whether the incarnation that this scheduler was made for is still the one that runs.</summary>
    internal bool RunsOn(ActorTaskScheduler scheduler) => ReferenceEquals(_seldom?.TaskScheduler, scheduler);

    /// <summary>Suspends the mailbox for one task more.</summary>
    internal void AwaitTask()
    {
        SuspendMailbox();
        _seldom?.ReceiveTimeout?.Disarm();
        Rare.AwaitedTasks++;
    }

    /// <summary>Of the present incarnation: the suspensions of an earlier one went with it.</summary>
    internal void AwaitedTaskEnded(Task task)
    {
        Rare.AwaitedTasks--;
        ResumeMailbox();
        TaskEnded(task);
        if (_turn.Phase == Phase.Alive && _seldom is { Failure: null, AwaitedTasks: 0 } && _turn.Message is not null)
            _seldom.ReceiveTimeout?.AfterMessage(_turn.Message);
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
        for (; _seldom is { AwaitedTasks: > 0 } seldom; seldom.AwaitedTasks--)
            ResumeMailbox();
    }

    /// <summary>Restores what was being handled before.</summary>
    internal readonly struct HandlingScope(ActorCell cell, object? message, IActorRef? sender) : IDisposable
    {
        public void Dispose() => (cell._turn.Message, cell._turn.Sender) = (message, sender);
    }
}

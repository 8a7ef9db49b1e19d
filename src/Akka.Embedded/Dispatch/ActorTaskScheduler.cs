using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Dispatch;

/// <summary>
/// Runs the continuations of an actor's asynchronous handlers on the actor's own turns, with the message and the sender for
/// which they were started. There is one for each incarnation that needs it: what an earlier incarnation left behind never
/// runs in a later one.
/// </summary>
public class ActorTaskScheduler : TaskScheduler
{
    private readonly ActorCell _cell;
    private IActorRef? _sender;

    internal ActorTaskScheduler(ActorCell cell) => _cell = cell;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>The message that is being handled asynchronously.</summary>
    public object? CurrentMessage { get; private set; }

    public static void RunTask(Action action) => RunTask(() =>
    {
        action();
        return Task.CompletedTask;
    });

    /// <summary>
    /// Runs the function as part of the current message: no other message is handled until its task has ended, and its failure
    /// is a failure of the actor.
    /// </summary>
    public static void RunTask(Func<Task> asyncAction)
    {
        var cell = ActorCell.Current ?? throw new InvalidOperationException("RunTask must be called from an actor");
        cell.TaskScheduler.Start(asyncAction);
    }

    /// <summary>On the actor's turn. A task of an incarnation that is gone stays unfinished for ever.</summary>
    internal void RunOnTurn(Task task)
    {
        if (!_cell.RunsOn(this))
            return;
        using (_cell.Handling(CurrentMessage, _sender))
            TryExecuteTask(task);
    }

    protected override void QueueTask(Task task) => _cell.SendSystemMessage(new ActorTask(this, task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(ActorCell.Current, _cell) && _cell.RunsOn(this) && TryExecuteTask(task);

    protected override IEnumerable<Task>? GetScheduledTasks() => null;

    private void Start(Func<Task> asyncAction)
    {
        CurrentMessage = _cell.CurrentMessage;
        _sender = _cell.Sender;
        var started = new Task<Task>(asyncAction);
        started.RunSynchronously(this);
        var running = started.Unwrap();
        if (running.IsCompletedSuccessfully)
            return;
        if (running.IsCompleted)
        {
            _cell.TaskEnded(running);
            return;
        }

        _cell.AwaitTask();
        running.ContinueWith(static (ended, state) =>
        {
            var scheduler = (ActorTaskScheduler)state!;
            scheduler._cell.SendSystemMessage(new ActorTaskEnded(scheduler, ended));
        }, this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, Default);
    }

    internal void EndOnTurn(Task ended)
    {
        if (!_cell.RunsOn(this))
            return;
        using var handling = _cell.Handling(CurrentMessage, _sender);
        try
        {
            _cell.AwaitedTaskEnded(ended);
        }
        catch (Exception e)
        {
            // Here, where PreRestart can still see the message.
            _cell.HandleFailure(e, null);
        }
    }
}

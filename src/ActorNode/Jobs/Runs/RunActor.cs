using ActorNode.Jobs.Adapters;
using ActorNode.Protocol.Jobs;
using ActorNode.Storage;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace ActorNode.Jobs.Runs;

/// <summary>
/// One run, event-sourced: performs its tasks strictly one after the other. Child of its job's actor.
/// <para>
/// Durability: what a task came to is in the journal before the next one starts, and before anybody is told. Duplicates: a task whose end is in
/// the journal is never performed again; one that was under way when the node or its journal failed is. The listing gets the run when it waits
/// for something and when it is finished; the job is told of the end after that row is stored.
/// </para>
/// </summary>
internal sealed class RunActor : UntypedPersistentActor, IWithTimers
{
    /// <summary>Timers take no longer ones; what waits longer looks again.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    private readonly JobsContext _context;
    private readonly RunWork _work;
    private JobRun _run;
    private TaskCall? _call;
    private CommitActor.Commit? _row;
    private long _rowSequence;
    private bool _rowStale;
    private int _rowFailures;
    private bool _stopping;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(JobSpec spec, RunAccepted accepted, JobsContext context) =>
        Akka.Actor.Props.Create(() => new RunActor(spec, accepted, context));

    public RunActor(JobSpec spec, RunAccepted accepted, JobsContext context)
    {
        _context = context;
        _run = RunMachine.Begin(spec, accepted);
        _work = new RunWork(spec.MaxRunDuration ?? context.Settings.MaxRunDuration, context.Clock);
        PersistenceId = IdOf(accepted.Run);
    }

    /// <summary>What the journal calls a run.</summary>
    public static string IdOf(RunId run) => $"run-{run}";

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <summary>A run has few events and no snapshots.</summary>
    public override Recovery Recovery { get; } = new(SnapshotSelectionCriteria.None);

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case IRunEvent runEvent:
                _run = RunMachine.Apply(_run, runEvent);
                break;
            case RecoveryCompleted:
                Proceed();
                break;
            default:
                throw new InvalidOperationException($"the journal of {PersistenceId} holds a {message.GetType().Name}");
        }
    }

    /// <inheritdoc/>
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case Performed performed when performed.Call == _call:
                OnPerformed(performed.Outcome);
                break;
            case TryTimeout timeout when timeout.Call == _call:
                _call!.Cancel();
                OnPerformed(TaskOutcome.Errored(_run.Tasks[_call.Task].Result.Data, $"task {_run.Tasks[_call.Task].Task.Type} timed out after {TryTime(_call.Task)}"));
                break;
            case RetryTick:
                Proceed();
                break;
            case DeadlineTick when _run.Status == RunStatus.InProgress:
                OnDeadline();
                break;
            case SleepTick when _run.Status == RunStatus.PendingSleep:
                Proceed();
                break;
            case Performed or TryTimeout or DeadlineTick or SleepTick:
                break;
            case CommitActor.Committed committed when committed.Request == _row:
                OnRowStored();
                break;
            case CommitActor.Failed failed when failed.Request == _row:
                OnRowFailed(failed.Error);
                break;
            case RowTick:
                WriteRow();
                break;
            case JobCommands.ResumePending resume:
                Resume(RunMachine.Answer(_run, resume.Answer, Now, resume.Task));
                break;
            case JobCommands.ResumeConfirming resume:
                Resume(RunMachine.Confirm(_run, resume.Height, Now));
                break;
            case JobCommands.ResumeConnecting:
                Resume(RunMachine.Connect(_run, Now));
                break;
            case JobQueries.RunOf:
                Sender.Tell(new JobReplies.RunIs(_run));
                break;
            case Stop:
                _stopping = true;
                StopWhenIdle();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private DateTimeOffset Now => _context.Clock.GetUtcNow();

    /// <summary>Does what the run's state asks for.</summary>
    private void Proceed()
    {
        if (_stopping)
        {
            StopWhenIdle();
            return;
        }

        switch (_run.Status)
        {
            case RunStatus.InProgress:
                if (_work.Begin() is { } left)
                    AwaitDeadline(left);
                Perform(_run.Current);
                break;
            case RunStatus.PendingSleep:
                Park();
                Sleep();
                break;
            case RunStatus.Errored or RunStatus.Completed:
                Park();
                break;
            default:
                Park();
                break;
        }
    }

    private void AwaitDeadline(TimeSpan left) =>
        Timers.StartSingleTimer(DeadlineTick.Instance, DeadlineTick.Instance, left < LongestTimer ? left : LongestTimer);

    private void OnDeadline()
    {
        if (_work.Left is { Ticks: > 0 } left)
        {
            AwaitDeadline(left);
            return;
        }

        DropCall();
        Timers.Cancel(RetryTick.Instance);
        Store(new RunFailed($"run timed out after {_work.Limit}", Now));
    }

    /// <summary>The run does nothing by itself now, or never again.</summary>
    private void Park()
    {
        if (_work.End())
            Timers.Cancel(DeadlineTick.Instance);
        if (!_run.Status.IsFinished())
            Context.Parent.Tell(new Parked(_run.Id, true));
        WriteRow();
    }

    private void Sleep()
    {
        var task = _run.Tasks[_run.Current];
        var left = task.Until.GetValueOrDefault() - Now;
        if (left <= TimeSpan.Zero)
            Store(new SleepEnded(Now));
        else
            Timers.StartSingleTimer(SleepTick.Instance, SleepTick.Instance, left < LongestTimer ? left : LongestTimer);
    }

    private void Perform(int index)
    {
        var task = _run.Tasks[index];
        var input = TaskInputs.Of(_run, index);
        var call = _call = new TaskCall(index);
        var outcome = NeedsChain(task) ? LookUpAsync(call, input) : call.PerformAsync(() => Adapter(task.Task.Type, input.Parameters), input);
        if (outcome.IsCompletedSuccessfully)
        {
            OnPerformed(outcome.Result);
            return;
        }

        Timers.StartSingleTimer(call, new TryTimeout(call), TryTime(index));
        outcome.AsTask().PipeTo(Self, success: result => new Performed(call, result));
    }

    private IAdapter Adapter(string type, JobData parameters) =>
        (_context.Adapters.Find(type) ?? throw new AdapterException($"{type} is not a supported adapter type")).Create(parameters);

    private bool NeedsChain(TaskRun task) => task.MinimumConfirmations > 0 && _run.Origin.TxHash is not null;

    /// <summary>A run whose log is no longer on the main chain does nothing.</summary>
    private async ValueTask<TaskOutcome> LookUpAsync(TaskCall call, TaskInput input)
    {
        var (run, task) = (_run, _run.Tasks[call.Task]);
        if (_context.Chain is not { } chain)
            return TaskOutcome.Pending(RunStatus.PendingConnection, input.Own.Data);
        var found = await call.PerformAsync(() => new OnMainChain(chain, run), input).ConfigureAwait(false);
        return found.Status == RunStatus.Completed
            ? await call.PerformAsync(() => Adapter(task.Task.Type, input.Parameters), input).ConfigureAwait(false)
            : found;
    }

    private TimeSpan TryTime(int index) => _run.Tasks[index].Task.Timeout ?? _context.Settings.TaskTimeout;

    private void OnPerformed(TaskOutcome outcome)
    {
        var index = _call!.Task;
        var task = _run.Tasks[index];
        DropCall();
        JobsMetrics.Performed(task.Task.Type, outcome.Status);
        if (outcome.Status is RunStatus.Unstarted or RunStatus.InProgress || (outcome.Status == RunStatus.PendingSleep && outcome.Until is null))
            outcome = TaskOutcome.Errored(outcome.Data, $"run {_run.Id} task {task.Task.Type} cannot return a status of '{outcome.Status.Name()}'");
        if (outcome.Status == RunStatus.Errored && task.FailedTries + 1 < task.Task.Attempts)
        {
            Log.Info("Task {Type} of run {RunId} failed and is tried again: {Error}", task.Task.Type, _run.Id, outcome.Error);
            Persist(new TaskTried(index, outcome.Error ?? "failed", Now), tried =>
            {
                _run = RunMachine.Apply(_run, tried);
                if (_stopping)
                    StopWhenIdle();
                else
                    Timers.StartSingleTimer(RetryTick.Instance, RetryTick.Instance, RetryPause(_run.Tasks[index]));
            });
            return;
        }

        var ended = new TaskEnded(index, outcome.Status, outcome.Data, outcome.Error, outcome.Amount, outcome.Until, _run.ObservedHeight, Now);
        var after = RunMachine.Apply(_run, ended);
        if (task.Status.IsPending() && task.Status == outcome.Status && after.Tasks[index] == task)
            Became(after);
        else
            Store(ended);
    }

    private TimeSpan RetryPause(TaskRun task)
    {
        var first = task.Task.Backoff ?? _context.Settings.RetryBackoff;
        var longest = _context.Settings.MaxRetryBackoff;
        return Backoff.Delay(task.FailedTries, first, longest < first ? first : longest, _context.Random.NextDouble());
    }

    private void Store(IRunEvent runEvent) => Persist(runEvent, stored => Became(RunMachine.Apply(_run, stored)));

    /// <summary>The state is stored, or follows from what is.</summary>
    private void Became(JobRun run)
    {
        if (_run.Status.IsPending() && run.Status == RunStatus.InProgress)
            Context.Parent.Tell(new Parked(_run.Id, false));
        _run = run;
        Context.System.EventStream.Publish(new JobEvents.RunChanged(run));
        Proceed();
    }

    private void Resume((IRunEvent? Event, string? Problem) resumed)
    {
        if (resumed.Event is not { } runEvent)
        {
            Sender.Tell(new JobReplies.NotResumed(_run.Id, resumed.Problem!));
            return;
        }

        var after = RunMachine.Apply(_run, runEvent);
        if (RunMachine.IsSame(_run, after) || (runEvent is HeadSeen && _run.Tasks[_run.Current].Status == RunStatus.PendingConfirmations))
        {
            // Nothing that a restart would miss: the next block brings it here again.
            Resumed(after);
            return;
        }

        Persist(runEvent, stored => Resumed(RunMachine.Apply(_run, stored)));
    }

    private void Resumed(JobRun after)
    {
        Sender.Tell(new JobReplies.Resumed(after));
        Timers.Cancel(SleepTick.Instance);
        Became(after);
    }

    private void DropCall()
    {
        if (_call is not { } call)
            return;
        Timers.Cancel(call);
        call.Cancel();
        call.Dispose();
        _call = null;
    }

    private void WriteRow()
    {
        _rowStale = _row is not null;
        if (_rowStale)
            return;
        if (_rowSequence == LastSequenceNr && LastSequenceNr > 0)
        {
            End();
            return;
        }

        _rowSequence = LastSequenceNr;
        _row = new CommitActor.Commit([new CommitCommand.PutRun(RunRows.Of(_run, LastSequenceNr))]);
        _context.Commit.Tell(_row);
    }

    private void OnRowStored()
    {
        _row = null;
        _rowFailures = 0;
        if (_rowStale)
            WriteRow();
        else
            End();
    }

    private void OnRowFailed(Exception error)
    {
        _row = null;
        _rowSequence = 0;
        _rowFailures++;
        Log.Warning("The listing of run {RunId} could not be written: {Error}", _run.Id, error.Message);
        Timers.StartSingleTimer(RowTick.Instance, RowTick.Instance, Backoff.Delay(
            _rowFailures, _context.Settings.MinBackoff, _context.Settings.MaxBackoff, _context.Random.NextDouble()));
    }

    /// <summary>A finished run that is listed as such is done with.</summary>
    private void End()
    {
        if (!_run.Status.IsFinished() || _rowSequence != LastSequenceNr)
        {
            if (_stopping)
                StopWhenIdle();
            return;
        }

        // The job answers by telling it to stop: what it forwarded before it knew is answered first.
        Context.Parent.Tell(new Settled(_run));
    }

    /// <summary>What is not finished goes on after the next start.</summary>
    private void StopWhenIdle()
    {
        if (_call is null && _row is null)
            Context.Stop(Self);
    }

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        // What comes after the event would never come. As after a journal's failure the job opens the run again.
        Context.Stop(Self);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        DropCall();
        base.PostStop();
    }

    /// <summary>To the job: the run is finished and listed so.</summary>
    public sealed record Settled(JobRun Run);

    /// <summary>To the job: the run waits for something outside and leaves its place to others, or is back.</summary>
    public sealed record Parked(RunId Run, bool Waits);

    /// <summary>End after the task that is under way.</summary>
    public sealed class Stop
    {
        public static readonly Stop Instance = new();
    }

    private sealed record Performed(TaskCall Call, TaskOutcome Outcome);

    private sealed record TryTimeout(TaskCall Call);

    private sealed class RetryTick
    {
        public static readonly RetryTick Instance = new();
    }

    private sealed class SleepTick
    {
        public static readonly SleepTick Instance = new();
    }

    private sealed class DeadlineTick
    {
        public static readonly DeadlineTick Instance = new();
    }

    private sealed class RowTick
    {
        public static readonly RowTick Instance = new();
    }
}

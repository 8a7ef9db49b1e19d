using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Runs;

/// <summary>How a run goes from event to event. Pure: time and heights come with the events.</summary>
internal static class RunMachine
{
    /// <summary>The run as it is accepted.</summary>
    public static JobRun Begin(JobSpec spec, RunAccepted accepted)
    {
        var run = new JobRun(
            accepted.Run,
            spec.Id,
            spec.Initiators.First(initiator => initiator.Id == accepted.Initiator),
            accepted.At,
            accepted.Input.Status,
            accepted.Input,
            accepted.Input,
            [.. spec.Tasks.Select((task, i) => new TaskRun(accepted.Run.OfTask(i), task, RunStatus.Unstarted, RunResult.None)
            {
                MinimumConfirmations = accepted.Minimums is { } minimums ? minimums[i] : null,
            })])
        {
            CreationHeight = accepted.Height,
            ObservedHeight = accepted.Height,
            Origin = accepted.Origin ?? new RunOrigin(),
        };
        if (accepted.Error is { } error)
            return Failed(run, error, accepted.At);
        // The count is written with the first block that comes, not before.
        return run with { Status = IsReady(run, 0) ? RunStatus.InProgress : RunStatus.PendingConfirmations };
    }

    /// <summary>The run after an event.</summary>
    public static JobRun Apply(JobRun before, IRunEvent runEvent)
    {
        var run = before with { UpdatedAt = runEvent.At };
        return runEvent switch
        {
            TaskEnded ended => AfterTask(run, ended),
            TaskTried tried => WithTask(run, tried.Task, run.Tasks[tried.Task] with { FailedTries = run.Tasks[tried.Task].FailedTries + 1 }),
            BridgeAnswered answered => AfterAnswer(run, answered),
            HeadSeen head => AfterHead(run, head.Height),
            ChainConnected => run with { Status = RunStatus.InProgress },
            SleepEnded => AfterSleep(run),
            RunFailed failed => Failed(run, failed.Error, failed.At),
            _ => throw new InvalidOperationException($"{runEvent.GetType().Name} is no event of a run"),
        };
    }

    /// <summary>The event of a block, or why it is none.</summary>
    public static (HeadSeen? Event, string? Problem) Confirm(JobRun run, long height, DateTimeOffset now) => run switch
    {
        { Status: not (RunStatus.PendingConfirmations or RunStatus.PendingConnection) } => (null, "Attempt to resume non confirming task"),
        _ when run.Current == run.Tasks.Length => (null, $"Attempting to resume confirming run with no remaining tasks {run.Id}"),
        _ => (new HeadSeen(height, now), null),
    };

    /// <summary>The event of a connection, or why it is none.</summary>
    public static (ChainConnected? Event, string? Problem) Connect(JobRun run, DateTimeOffset now) => run switch
    {
        { Status: not RunStatus.PendingConnection } => (null, "Attempt to resume non connecting task"),
        _ when run.Current == run.Tasks.Length => (null, $"Attempting to resume connecting run with no remaining tasks {run.Id}"),
        _ => (new ChainConnected(now), null),
    };

    /// <summary>The event of a bridge's answer to a task, or to whichever waits, or why it is none.</summary>
    public static (BridgeAnswered? Event, string? Problem) Answer(JobRun run, RunResult answer, DateTimeOffset now, RunId? task = null) => run switch
    {
        { Status: not RunStatus.PendingBridge } => (null, $"Attempting to resume non pending run {run.Id}"),
        _ when run.Current == run.Tasks.Length => (null, $"Attempting to resume pending run with no remaining tasks {run.Id}"),
        _ when task is { } asked && run.Tasks[run.Current].Id != asked => (null, $"Attempting to resume non pending task {asked} of run {run.Id}"),
        _ => (new BridgeAnswered(answer.Status, answer.Data, answer.Error, answer.Amount, now), null),
    };

    /// <summary>Whether two states differ in more than the time of their last event: what needs no place in the journal.</summary>
    public static bool IsSame(JobRun left, JobRun right) =>
        left.Status == right.Status && left.Overrides == right.Overrides && left.Result == right.Result && left.Tasks.AsSpan().SequenceEqual(right.Tasks.AsSpan());

    private static JobRun AfterTask(JobRun run, TaskEnded ended)
    {
        var task = run.Tasks[ended.Task] with
        {
            Status = ended.Status,
            Result = new RunResult(ended.Data, ended.Status, ended.Error, ended.Amount),
            Until = ended.Until,
            FailedTries = 0,
        };
        run = WithTask(run, ended.Task, task) with
        {
            // What the requester paid is not lost by the first task.
            Result = task.Result with { Amount = ended.Amount ?? run.Overrides.Amount },
            ObservedHeight = ended.Height ?? run.ObservedHeight,
        };
        return Continue(run, ended.Status);
    }

    private static JobRun AfterAnswer(JobRun run, BridgeAnswered answered)
    {
        var current = run.Current;
        var result = new RunResult(answered.Data, answered.Status, answered.Error, answered.Amount);
        run = WithTask(run, current, run.Tasks[current] with { Status = answered.Status, Result = result }) with
        {
            // The answer is the last word on the parameters of what follows.
            Overrides = new RunResult(
                run.Overrides.Data.Merge(answered.Data), answered.Status, answered.Error, answered.Amount ?? run.Overrides.Amount),
            Result = result with { Amount = answered.Amount ?? run.Overrides.Amount },
        };
        return Continue(run, answered.Status);
    }

    private static JobRun AfterHead(JobRun run, long height)
    {
        run = run with { ObservedHeight = height };
        return Gate(run, run.Current);
    }

    private static JobRun AfterSleep(JobRun run)
    {
        var current = run.Current;
        var task = run.Tasks[current];
        run = WithTask(run, current, task with { Status = RunStatus.Completed, Result = task.Result with { Status = RunStatus.Completed }, Until = null });
        return Continue(run with { Result = run.Result with { Status = RunStatus.Completed } }, RunStatus.Completed);
    }

    /// <summary>What comes after a task of that status.</summary>
    private static JobRun Continue(JobRun run, RunStatus status)
    {
        if (status == RunStatus.Errored)
            return run with { Status = RunStatus.Errored, FinishedAt = run.UpdatedAt };
        if (status != RunStatus.Completed)
            return run with { Status = status };
        var next = run.Current;
        return next == run.Tasks.Length
            ? run with { Status = RunStatus.Completed, FinishedAt = run.UpdatedAt }
            : Gate(run, next);
    }

    /// <summary>Lets a task start when it has its confirmations, and writes down how many there are.</summary>
    private static JobRun Gate(JobRun run, int index)
    {
        var task = run.Tasks[index];
        if (task.MinimumConfirmations is { } minimum && Confirmations(run) is { } confirmations)
            run = WithTask(run, index, task with { Confirmations = (uint)Math.Min(confirmations, minimum) });
        return run with { Status = IsReady(run, index) ? RunStatus.InProgress : RunStatus.PendingConfirmations };
    }

    private static bool IsReady(JobRun run, int index) =>
        index >= run.Tasks.Length || run.Tasks[index].MinimumConfirmations is not { } minimum || Confirmations(run) is not { } confirmations || confirmations >= minimum;

    /// <summary>The block of the log itself is the first. Never below zero: a node may lag behind the log.</summary>
    private static long? Confirmations(JobRun run) =>
        run is { CreationHeight: { } created, ObservedHeight: { } observed } ? Math.Max(0, observed - created + 1) : null;

    private static JobRun Failed(JobRun run, string error, DateTimeOffset at) => run with
    {
        Status = RunStatus.Errored,
        Result = run.Result.Failed(error),
        UpdatedAt = at,
        FinishedAt = at,
    };

    private static JobRun WithTask(JobRun run, int index, TaskRun task) => run with { Tasks = run.Tasks.SetItem(index, task) };
}

using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Adapters;

/// <summary>
/// A kind of task that jobs may name. An application adds its own to <see cref="AdapterCatalog"/>. Thread-safe: every run uses the same one.
/// </summary>
public interface IAdapterType
{
    /// <summary>What tasks call it, in lower case.</summary>
    string Name { get; }

    /// <summary>Blocks that its tasks wait for at least, in runs that come from a log.</summary>
    uint MinimumConfirmations { get; }

    /// <summary>What each of its tasks adds to the payment that a run needs.</summary>
    Juels MinimumPayment { get; }

    /// <summary>The adapter with these parameters. Does nothing else: jobs are validated by it.</summary>
    /// <exception cref="AdapterException">The parameters break a rule; the message says which.</exception>
    IAdapter Create(JobData parameters);
}

/// <summary>A task that is ready to be performed, once or again.</summary>
public interface IAdapter
{
    /// <summary>
    /// Performs the task. May be performed again with the same input, after a crash or a failure that is tried again; what it does outside is
    /// best keyed by <see cref="TaskInput.RunId"/>. <paramref name="cancellationToken"/>: the try has timed out or the node stops.
    /// </summary>
    /// <exception cref="AdapterException">It failed; the message is the task's error.</exception>
    ValueTask<TaskOutcome> PerformAsync(TaskInput input, CancellationToken cancellationToken);
}

/// <summary>What a task starts with.</summary>
/// <param name="RunId">Its run.</param>
/// <param name="TaskRunId">The task of the run.</param>
/// <param name="Data">The run's input, then what the previous task left, then what this task left when it became pending.</param>
/// <param name="Parameters">The task's parameters, then the run's input and the answers of bridges.</param>
/// <param name="Own">Where this task's own result stands: pending when it is entered again.</param>
public sealed record TaskInput(RunId RunId, RunId TaskRunId, JobData Data, JobData Parameters, RunResult Own);

/// <summary>What a task came to.</summary>
/// <param name="Status">Completed, errored or pending.</param>
/// <param name="Data">The task's data.</param>
/// <param name="Error">Why it is errored.</param>
public sealed record TaskOutcome(RunStatus Status, JobData Data, string? Error = null)
{
    /// <summary>What was paid for it, where the adapter knows.</summary>
    public Juels? Amount { get; init; }

    /// <summary>Pending sleep: until when.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Done, with these data.</summary>
    public static TaskOutcome Completed(JobData data) => new(RunStatus.Completed, data);

    /// <summary>Failed; the data stay as they were.</summary>
    public static TaskOutcome Errored(JobData data, string error) => new(RunStatus.Errored, data, error);

    /// <summary>Waits.</summary>
    public static TaskOutcome Pending(RunStatus status, JobData data) => new(status, data);

    /// <summary>Waits until a time.</summary>
    public static TaskOutcome Sleeping(JobData data, DateTimeOffset until) => new(RunStatus.PendingSleep, data) { Until = until };
}

/// <summary>A task's parameters or its data break a rule of its adapter, or what it does outside failed.</summary>
public sealed class AdapterException : Exception
{
    /// <param name="message">The task's error, as operators see it. Holds no secret.</param>
    /// <param name="cause">Why.</param>
    public AdapterException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

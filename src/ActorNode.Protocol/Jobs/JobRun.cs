using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace ActorNode.Protocol.Jobs;

/// <summary>What a run or a task came to so far.</summary>
/// <param name="Data">Its data; <see cref="JobData.Result"/> is the result.</param>
/// <param name="Status">Of the result, which differs from that of its run between tasks.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="Amount">What is paid for it, where that is known.</param>
public sealed record RunResult(JobData Data, RunStatus Status = RunStatus.Unstarted, string? Error = null, Juels? Amount = null)
{
    /// <summary>Nothing yet.</summary>
    public static readonly RunResult None = new(JobData.Empty);

    /// <summary>Failed; the data stay.</summary>
    public RunResult Failed(string error) => this with { Status = RunStatus.Errored, Error = error };
}

/// <summary>Where on a chain a run comes from. All optional.</summary>
/// <param name="RequestId">The request, 0x and 64 digits.</param>
/// <param name="TxHash">The transaction of the log.</param>
/// <param name="BlockHash">The block of the log.</param>
/// <param name="Requester">Who asked.</param>
public sealed record RunOrigin(string? RequestId = null, string? TxHash = null, string? BlockHash = null, string? Requester = null);

/// <summary>One step of a run.</summary>
/// <param name="Id">The step.</param>
/// <param name="Task">What it does.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Result">What it came to.</param>
public sealed record TaskRun([property: JsonRequired] RunId Id, [property: JsonRequired] TaskSpec Task, RunStatus Status, RunResult Result)
{
    /// <summary>Blocks that it waits for; null: none.</summary>
    public uint? MinimumConfirmations { get; init; }

    /// <summary>Blocks that there were when it was last looked at.</summary>
    public uint? Confirmations { get; init; }

    /// <summary>Pending sleep: until when.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Tries that failed, of those that are made before the task is errored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int FailedTries { get; init; }
}

/// <summary>One execution of a job, as it stands at one moment.</summary>
/// <param name="Id">The run.</param>
/// <param name="JobId">Its job.</param>
/// <param name="Initiator">What started it.</param>
/// <param name="CreatedAt">When it was accepted.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Result">That of the task which was executed last.</param>
/// <param name="Overrides">Its input and what bridges answered later: the last word on parameters of every task.</param>
/// <param name="Tasks">Its steps, in order.</param>
public sealed record JobRun(
    [property: JsonRequired] RunId Id,
    [property: JsonRequired] JobId JobId,
    [property: JsonRequired] Initiator Initiator,
    [property: JsonRequired] DateTimeOffset CreatedAt,
    RunStatus Status,
    RunResult Result,
    RunResult Overrides,
    ImmutableArray<TaskRun> Tasks)
{
    /// <summary>When it was last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; } = CreatedAt;

    /// <summary>When it was completed or errored.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The block that it comes from.</summary>
    public long? CreationHeight { get; init; }

    /// <summary>The newest block that it knows.</summary>
    public long? ObservedHeight { get; init; }

    /// <summary>Where it comes from.</summary>
    public RunOrigin Origin { get; init; } = NoOrigin;

    /// <summary>The place of the task to do next; the number of tasks where none is left.</summary>
    [JsonIgnore]
    public int Current
    {
        get
        {
            for (var i = 0; i < Tasks.Length; i++)
            {
                if (Tasks[i].Status.CanStart())
                    return i;
            }

            return Tasks.Length;
        }
    }

    private static readonly RunOrigin NoOrigin = new();
}

using System.Collections.Immutable;

namespace ActorNode.Protocol.Jobs;

/// <summary>Why a run was not started, or a tick was not taken. Nothing of it is stored.</summary>
public enum RunRefusal
{
    /// <summary>The job is archived.</summary>
    Archived,

    /// <summary>The job has no such initiator.</summary>
    NoInitiator,

    /// <summary>The job's start is not reached.</summary>
    NotStarted,

    /// <summary>The job's end is passed.</summary>
    Ended,

    /// <summary>The job has as many runs waiting as it may have: try again later.</summary>
    Busy,

    /// <summary>The node stops.</summary>
    Stopping,
}

/// <summary>What jobs answer.</summary>
public static class JobReplies
{
    /// <summary>The job is stored.</summary>
    public sealed record Created(JobSpec Spec);

    /// <summary>The job breaks rules; nothing is stored.</summary>
    public sealed record Invalid(JobId JobId, ImmutableArray<string> Problems);

    /// <summary>The job is archived.</summary>
    public sealed record Archived(JobId JobId);

    /// <summary>There is no such job.</summary>
    public sealed record NoSuchJob(JobId JobId);

    /// <summary>There is no such run, or it is forgotten.</summary>
    public sealed record NoSuchRun(RunId RunId);

    /// <summary>The run is stored, as it stood then.</summary>
    public sealed record Started(JobRun Run);

    /// <summary>See <see cref="RunRefusal"/>.</summary>
    public sealed record Refused(JobId JobId, RunId RunId, RunRefusal Reason, string Detail);

    /// <summary>The run, as it stands.</summary>
    public sealed record RunIs(JobRun Run);

    /// <summary>The run goes on; <paramref name="Run"/> as it stood when the answer was stored.</summary>
    public sealed record Resumed(JobRun Run);

    /// <summary>The run does not wait for that; the text is the original's.</summary>
    public sealed record NotResumed(RunId RunId, string Detail);

    /// <summary>The run is forgotten.</summary>
    public sealed record RunDeleted(RunId RunId);

    /// <summary>The tick is stored. <paramref name="RunId"/>: the run it started; null where the overlap policy dropped it.</summary>
    public sealed record TickTaken(JobId JobId, int InitiatorId, DateTimeOffset At, RunId? RunId);

    /// <summary>The tick starts nothing. Sending it again helps only for <see cref="RunRefusal.Busy"/>.</summary>
    public sealed record TickRefused(JobId JobId, int InitiatorId, DateTimeOffset At, RunRefusal Reason, string Detail);

    /// <summary>The job's state cannot be read or written now. What was asked for may have been stored: ask again.</summary>
    public sealed record Failed(JobId JobId, string Detail);

    /// <summary>The job goes on with <paramref name="Unfinished"/> runs. Null spec: there is no such job.</summary>
    public sealed record Awake(JobId JobId, JobSpec? Spec, bool IsArchived, int Unfinished, ImmutableArray<LastTick> LastTicks);

    /// <summary>The latest scheduled time that a job has taken from an initiator.</summary>
    public readonly record struct LastTick(int InitiatorId, DateTimeOffset At);

    /// <summary>How a job is at.</summary>
    public sealed record JobState(JobSpec Spec, bool IsArchived, ImmutableArray<RunId> Running, ImmutableArray<RunId> Waiting, ImmutableArray<LastTick> LastTicks);
}

/// <summary>What is told on the actor system's event stream.</summary>
public static class JobEvents
{
    /// <summary>A run was accepted, went on or ended; told after that is stored.</summary>
    public sealed record RunChanged(JobRun Run);

    /// <summary>A job was created; told after it is stored.</summary>
    public sealed record JobCreated(JobSpec Spec);

    /// <summary>A job was archived; told after that is stored.</summary>
    public sealed record JobArchived(JobId JobId);
}

using System.Collections.Immutable;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Scheduling;

/// <summary>What the scheduler is told.</summary>
public static class SchedulerCommands
{
    /// <summary>Begin, without any job. Reply: <see cref="SchedulerReplies.Started"/>, or <see cref="SchedulerReplies.Refused"/> the second time.</summary>
    public sealed record Start;

    /// <summary>Forget all jobs and send nothing any more. Reply: <see cref="SchedulerReplies.Stopped"/>, also where it was not started.</summary>
    public sealed record Stop;

    /// <summary>
    /// Schedule the job's cron and runat initiators. Ignored unless started. A job that is known already is replaced, and none of its ticks is
    /// repeated or lost by that.
    /// </summary>
    /// <param name="Spec">The job.</param>
    /// <param name="LastTicks">What the job has taken so far, by its journal.</param>
    public sealed record AddJob(JobSpec Spec, ImmutableArray<JobReplies.LastTick> LastTicks)
    {
        /// <summary>A job that has taken nothing yet.</summary>
        public AddJob(JobSpec spec)
            : this(spec, [])
        {
        }
    }

    /// <summary>Forget the job, if it is known: it was archived.</summary>
    public sealed record RemoveJob(JobId JobId);
}

/// <summary>What the scheduler is asked.</summary>
public static class SchedulerQueries
{
    /// <summary>The next times of a job, in order. Reply: <see cref="SchedulerReplies.Preview"/>.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Count">How many, at most <see cref="MostPreviewed"/>.</param>
    public sealed record Preview(JobId JobId, int Count)
    {
        /// <summary>The most times that are told at once.</summary>
        public const int MostPreviewed = 1000;
    }

    /// <summary>How the scheduler is at. Reply: <see cref="SchedulerReplies.Status"/>.</summary>
    public sealed record Status;
}

/// <summary>What the scheduler answers.</summary>
public static class SchedulerReplies
{
    /// <summary>It began.</summary>
    public sealed record Started;

    /// <summary>It sends nothing any more.</summary>
    public sealed record Stopped;

    /// <summary>It did nothing; the text is the original's.</summary>
    public sealed record Refused(string Reason);

    /// <summary>The next times of a job; empty where it has none, or is not known.</summary>
    public sealed record Preview(JobId JobId, ImmutableArray<PlannedTick> Ticks);

    /// <summary>A scheduled time, before jitter.</summary>
    public readonly record struct PlannedTick(int InitiatorId, DateTimeOffset At);

    /// <summary>How it is at.</summary>
    /// <param name="Started">Whether it sends ticks.</param>
    /// <param name="Jobs">Jobs with a schedule.</param>
    /// <param name="Entries">Schedules and single times of them.</param>
    /// <param name="Unanswered">Ticks that were sent and are not answered.</param>
    /// <param name="NextTick">When there is something to do next.</param>
    public sealed record Status(bool Started, int Jobs, int Entries, int Unanswered, DateTimeOffset? NextTick);
}

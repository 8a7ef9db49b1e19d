namespace ActorNode.Protocol.Jobs;

/// <summary>A command to one job.</summary>
public interface IJobCommand : IWithJobId;

/// <summary>What changes jobs and runs. All go to the jobs' region.</summary>
public static class JobCommands
{
    /// <summary>
    /// Create the job. Reply, after it is stored and listed: <see cref="JobReplies.Created"/>, which a repeated command gets too; or
    /// <see cref="JobReplies.Invalid"/>, or <see cref="JobReplies.Failed"/>.
    /// </summary>
    public sealed record Create(JobSpec Spec) : IJobCommand
    {
        /// <inheritdoc/>
        public JobId JobId => Spec.Id;
    }

    /// <summary>
    /// Nothing starts the job any more, and neither it nor its runs are listed; runs under way go on. Reply:
    /// <see cref="JobReplies.Archived"/>, <see cref="JobReplies.NoSuchJob"/> or <see cref="JobReplies.Failed"/>.
    /// </summary>
    public sealed record Archive(JobId JobId) : IJobCommand;

    /// <summary>
    /// Start a run. Reply, after the run is stored and listed: <see cref="JobReplies.Started"/>, which a repeated command of the same
    /// <paramref name="RunId"/> gets too while the job knows the run; or <see cref="JobReplies.NoSuchJob"/>,
    /// <see cref="JobReplies.Refused"/> or <see cref="JobReplies.Failed"/>. A run that fails as it is created is started, and errored.
    /// </summary>
    /// <param name="JobId">The job.</param>
    /// <param name="RunId">The run's id, chosen by the sender, so that it can repeat the command.</param>
    /// <param name="By">The kind of initiator, which the job must have.</param>
    /// <param name="Input">The run's input: the overrides of all its tasks.</param>
    public sealed record StartRun(JobId JobId, RunId RunId, InitiatorType By, RunResult Input) : IJobCommand
    {
        /// <summary>Which of several initiators of the kind; null: the first.</summary>
        public int? InitiatorId { get; init; }

        /// <summary>External: the name under which the caller is known.</summary>
        public string? ExternalName { get; init; }

        /// <summary>The block that it comes from.</summary>
        public long? Height { get; init; }

        /// <summary>Where on the chain it comes from.</summary>
        public RunOrigin? Origin { get; init; }
    }

    /// <summary>
    /// A scheduled time of an initiator has come. Reply: <see cref="JobReplies.TickTaken"/> after what it means is stored, also for a tick that
    /// was taken before; or <see cref="JobReplies.TickRefused"/>; or <see cref="JobReplies.Failed"/>: send it again later.
    /// </summary>
    /// <param name="JobId">The job.</param>
    /// <param name="InitiatorId">Its initiator: cron or runat.</param>
    /// <param name="At">The time by the schedule. Ticks of an initiator come in ascending order.</param>
    public sealed record Tick(JobId JobId, int InitiatorId, DateTimeOffset At) : IJobCommand;

    /// <summary>
    /// The answer of a bridge to a run that waits for it. Reply: <see cref="JobReplies.Resumed"/> after it is stored, or
    /// <see cref="JobReplies.NotResumed"/>, <see cref="JobReplies.NoSuchRun"/> or <see cref="JobReplies.Failed"/>.
    /// </summary>
    public sealed record ResumePending(JobId JobId, RunId RunId, RunResult Answer) : IJobCommand
    {
        /// <summary>
        /// The task that the answer is for, since a run may wait for another by now, whose bridge has not answered. Null: whichever waits.
        /// </summary>
        public RunId? Task { get; init; }
    }

    /// <summary>A new block for a run that waits for blocks or a connection. Replies as to <see cref="ResumePending"/>.</summary>
    public sealed record ResumeConfirming(JobId JobId, RunId RunId, long Height) : IJobCommand;

    /// <summary>The chain is connected, for a run that waits for it. Replies as to <see cref="ResumePending"/>.</summary>
    public sealed record ResumeConnecting(JobId JobId, RunId RunId) : IJobCommand;

    /// <summary>
    /// Forget a finished run. Reply: <see cref="JobReplies.RunDeleted"/>, also where there is none; <see cref="JobReplies.NotResumed"/> for a
    /// run that is not finished; <see cref="JobReplies.Failed"/>.
    /// </summary>
    public sealed record DeleteRun(JobId JobId, RunId RunId) : IJobCommand;

    /// <summary>Be there and go on with what is not finished. Reply: <see cref="JobReplies.Awake"/>, once the job knows what it was at.</summary>
    public sealed record Wake(JobId JobId) : IJobCommand;
}

/// <summary>Questions to one job.</summary>
public static class JobQueries
{
    /// <summary>How the job is at. Reply: <see cref="JobReplies.JobState"/>, or <see cref="JobReplies.NoSuchJob"/>.</summary>
    public sealed record StateOf(JobId JobId) : IWithJobId;

    /// <summary>
    /// How an unfinished run is at. Reply: <see cref="JobReplies.RunIs"/>, or <see cref="JobReplies.NoSuchRun"/> for one that is finished, whose
    /// row in the listing is final, or is none of this job's; <see cref="JobReplies.Failed"/>.
    /// </summary>
    public sealed record RunOf(JobId JobId, RunId RunId) : IWithJobId;
}

using System.Collections.Immutable;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Listing;

/// <summary>
/// What the node lists of jobs and runs: a read model, which may lag behind the journal but says of every accepted job and run at least that it
/// is there. Runs stand in lists by their creation, then by their ids. Counts are kept with the rows, never counted; a page costs about the
/// same wherever it is. A limit below 1 is 0. Thread-safe, each call sees one consistent state. Every call may throw
/// <see cref="Storage.StoreUnavailableException"/>.
/// </summary>
public interface IJobsReader
{
    /// <summary>The job, archived ones too, or null.</summary>
    ValueTask<JobRow?> FindJobAsync(JobId id, CancellationToken cancellationToken);

    /// <summary>Jobs that are not archived, oldest first or newest first.</summary>
    ValueTask<ListPage<JobRow>> JobsAsync(PageOf page, CancellationToken cancellationToken);

    /// <summary>Jobs after one, by id; archived ones too. For the start of a node.</summary>
    ValueTask<ImmutableArray<JobId>> JobIdsAsync(JobId? after, int limit, CancellationToken cancellationToken);

    /// <summary>The run, of archived jobs too, or null.</summary>
    ValueTask<RunRow?> FindRunAsync(RunId id, CancellationToken cancellationToken);

    /// <summary>Runs of one job or of all that are not archived, oldest first or newest first.</summary>
    ValueTask<ListPage<RunRow>> RunsAsync(JobId? job, PageOf page, CancellationToken cancellationToken);

    /// <summary>Errored runs of a job, newest first.</summary>
    ValueTask<ImmutableArray<RunRow>> ErrorsAsync(JobId job, int limit, CancellationToken cancellationToken);

    /// <summary>Runs of these statuses, of archived jobs too, oldest first, after one (exclusive).</summary>
    ValueTask<ImmutableArray<RunKey>> RunsInAsync(ImmutableArray<RunStatus> statuses, RunKey? after, int limit, CancellationToken cancellationToken);

    /// <summary>Runs of these statuses that were last changed before a time, oldest change first: what retention or an operator deletes.</summary>
    ValueTask<ImmutableArray<RunKey>> RunsUpdatedBeforeAsync(
        ImmutableArray<RunStatus> statuses, DateTimeOffset before, int limit, CancellationToken cancellationToken);

    /// <summary>Finished runs beyond the newest <paramref name="keep"/> of all jobs together, oldest first.</summary>
    ValueTask<ImmutableArray<RunKey>> RunsBeyondAsync(long keep, int limit, CancellationToken cancellationToken);
}

/// <summary>A page of a list. <paramref name="Offset"/> entries come before it.</summary>
public readonly record struct PageOf(long Offset, int Limit, bool NewestFirst = false);

/// <summary>A page, and how many entries the list has.</summary>
public sealed record ListPage<T>(ImmutableArray<T> Items, long Count);

/// <summary>A run and its place in lists.</summary>
public readonly record struct RunKey(RunId Id, JobId JobId, DateTimeOffset CreatedAt);

/// <summary>
/// A job as it is listed. <paramref name="Sequence"/>: of the job's journal when this was true; a row of a lower sequence never replaces one of a
/// higher. <paramref name="Body"/>: the <see cref="JobSpec"/> as JSON.
/// </summary>
public sealed record JobRow(JobId Id, long Sequence, DateTimeOffset CreatedAt, DateTimeOffset? ArchivedAt, ReadOnlyMemory<byte> Body);

/// <summary>
/// A run as it is listed. <paramref name="Sequence"/> as of <see cref="JobRow"/>, of the run's journal. <paramref name="Body"/>: the
/// <see cref="JobRun"/> as JSON.
/// </summary>
public sealed record RunRow(
    RunId Id,
    JobId JobId,
    long Sequence,
    RunStatus Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinishedAt,
    ReadOnlyMemory<byte> Body);

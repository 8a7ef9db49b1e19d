using System.Collections.Immutable;
using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Storage.Sqlite;

/// <summary>Lists of jobs and runs.</summary>
internal sealed class SqliteJobsReader(SqliteReaders readers) : IJobsReader
{
    public ValueTask<JobRow?> FindJobAsync(JobId id, CancellationToken cancellationToken) =>
        readers.ReadAsync(session => session.Jobs.FindJob(id), cancellationToken);

    public ValueTask<ListPage<JobRow>> JobsAsync(PageOf page, CancellationToken cancellationToken) =>
        readers.ReadAsync(session => session.Jobs.Jobs(page), cancellationToken);

    public ValueTask<ImmutableArray<JobId>> JobIdsAsync(JobId? after, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync(session => session.Jobs.JobIds(after, limit), cancellationToken);

    public ValueTask<RunRow?> FindRunAsync(RunId id, CancellationToken cancellationToken) =>
        readers.ReadAsync(session => session.Jobs.FindRun(id), cancellationToken);

    public ValueTask<ListPage<RunRow>> RunsAsync(JobId? job, PageOf page, CancellationToken cancellationToken) =>
        readers.ReadAsync(session => session.Jobs.RunsPage(job, page), cancellationToken);

    public ValueTask<ImmutableArray<RunRow>> ErrorsAsync(JobId job, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync(session => session.Jobs.Errors(job, limit), cancellationToken);

    public ValueTask<ImmutableArray<RunKey>> RunsInAsync(ImmutableArray<RunStatus> statuses, RunKey? after, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync(session => session.Jobs.RunsIn(statuses, after, limit), cancellationToken);

    public ValueTask<ImmutableArray<RunKey>> RunsUpdatedBeforeAsync(
        ImmutableArray<RunStatus> statuses, DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync(session => session.Jobs.RunsUpdatedBefore(statuses, before, limit), cancellationToken);

    public ValueTask<ImmutableArray<RunKey>> RunsBeyondAsync(long keep, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync(session => session.Jobs.RunsBeyond(keep, limit), cancellationToken);
}

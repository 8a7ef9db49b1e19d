using System.Text.Json;
using ActorNode.Jobs;
using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;
using ActorNode.Storage;

namespace ActorNode.Server.Http.Jobs;

/// <summary>Jobs and runs as they are listed. A store that cannot be read is a 503.</summary>
internal sealed class JobLists(INodeStore? store)
{
    /// <summary>A job that is not archived; null: there is none.</summary>
    public async Task<JobSpec?> FindJobAsync(string id, CancellationToken cancellationToken) =>
        await ReadAsync(jobs => jobs.FindJobAsync(new JobId(id), cancellationToken), new JobId(id).IsValid) is { ArchivedAt: null } row ? SpecOf(row) : null;

    /// <summary>A run, of archived jobs too; null: there is none.</summary>
    public Task<RunRow?> FindRunAsync(string id, CancellationToken cancellationToken) =>
        ReadAsync(jobs => jobs.FindRunAsync(new RunId(id), cancellationToken), new RunId(id).IsValid);

    public async Task<ListPage<JobSpec>> JobsAsync(PageQuery page, CancellationToken cancellationToken)
    {
        var found = (await ReadAsync(jobs => jobs.JobsAsync(page.Part, cancellationToken)))!;
        return new([.. found.Items.Select(SpecOf)], found.Count);
    }

    /// <summary>Runs of a job, or of all; of an id that is none there are none.</summary>
    public async Task<ListPage<JobRun>> RunsAsync(string? job, PageQuery page, CancellationToken cancellationToken)
    {
        if (job is not null && !new JobId(job).IsValid)
            return new([], 0);
        var found = (await ReadAsync(jobs => jobs.RunsAsync(job is null ? null : new JobId(job), page.Part, cancellationToken)))!;
        return new([.. found.Items.Select(RunOf)], found.Count);
    }

    /// <summary>Failed runs of a job, newest first.</summary>
    public async Task<IReadOnlyList<JobRun>> ErrorsAsync(JobId job, int limit, CancellationToken cancellationToken) =>
        [.. (await ReadAsync(jobs => jobs.ErrorsAsync(job, limit, cancellationToken))).Select(RunOf)];

    public static JobRun RunOf(RunRow row) => JsonSerializer.Deserialize(row.Body.Span, JobsJson.Default.JobRun)!;

    private static JobSpec SpecOf(JobRow row) => JsonSerializer.Deserialize(row.Body.Span, JobsJson.Default.JobSpec)!;

    private async Task<T?> ReadAsync<T>(Func<IJobsReader, ValueTask<T>> read, bool exists = true)
    {
        if (!exists)
            return default;
        try
        {
            return await read((store ?? throw ApiException.Unavailable("this node has no store")).Jobs);
        }
        catch (StoreUnavailableException)
        {
            throw ApiException.Unavailable("the lists of jobs and runs cannot be read now");
        }
    }
}

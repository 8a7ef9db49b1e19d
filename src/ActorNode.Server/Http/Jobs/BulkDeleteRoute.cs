using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Server.Http.Jobs;

/// <summary>
/// <c>DELETE /v2/bulk_delete_runs</c>: forgets finished runs of some statuses that were last changed before a time. A request that is broken off
/// has forgotten some of them; the same again goes on.
/// </summary>
internal sealed class BulkDeleteRoute(JobsActors actors, JobLists lists, ApiAccess access, ApiBody body)
{
    private const int Chunk = 500;
    private const int AtOnce = 16;

    public async Task InvokeAsync(HttpContext context)
    {
        await access.SessionAsync(context);
        static ApiException Malformed(string reason) => new(400, reason);
        var fields = new JsonMembers(await body.ReadObjectAsync(context, Malformed), Malformed);
        var statuses = StatusesOf(fields.Texts("status") ?? []);
        var before = fields.Time("updatedBefore") ?? throw Malformed("updatedBefore must be a time as 2019-07-24T01:02:03Z");
        if (statuses.Count > 0)
            await DeleteAsync(statuses, before, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task DeleteAsync(IReadOnlyList<RunStatus> statuses, DateTimeOffset before, CancellationToken cancellationToken)
    {
        while (await lists.RunsUpdatedBeforeAsync(statuses, before, Chunk, cancellationToken) is { Count: > 0 } runs)
        {
            var deleted = 0;
            await Parallel.ForEachAsync(
                runs,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (run, cancelled) =>
                {
                    if (await DeleteAsync(run, cancelled))
                        Interlocked.Increment(ref deleted);
                });
            // One whose end is listed and not yet known to its job comes again; if that is all, it does not help to go on at once.
            if (deleted == 0)
                throw ApiException.Unavailable("runs that are finished could not be deleted yet");
        }
    }

    private async Task<bool> DeleteAsync(RunKey run, CancellationToken cancellationToken) =>
        await actors.AskJobAsync(new JobCommands.DeleteRun(run.JobId, run.Id), cancellationToken) is JobReplies.RunDeleted;

    private static List<RunStatus> StatusesOf(IReadOnlyList<string> names)
    {
        var problems = names
            .Where(name => RunStatuses.Find(name) is not { } status || !status.IsFinished())
            .Select(name => $"cannot delete Runs with status {name}")
            .ToArray();
        return problems.Length == 0 ? [.. names.Select(name => RunStatuses.Find(name)!.Value).Distinct()] : throw new ApiException(422, problems);
    }
}

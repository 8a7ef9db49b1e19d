using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Server.Http.Jobs;

/// <summary>
/// <c>DELETE /v2/bulk_delete_runs</c>: forgets finished runs of some statuses that were last changed before a time. One that is not answered
/// in time is carried out nevertheless.
/// </summary>
internal sealed class BulkDeleteRoute(JobsActors actors, ApiAccess access, ApiBody body)
{
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
        // Each run is deleted by its job; one whose end is listed and not yet known to its job is kept, and the same request deletes it later.
        var reply = await actors.AskRetentionAsync(new RunRetention.Delete([.. statuses], before), cancellationToken);
        if (reply is RunRetention.Refused refused)
            throw new ApiException(422, refused.Detail);
    }

    private static List<RunStatus> StatusesOf(IReadOnlyList<string> names)
    {
        var problems = names
            .Where(name => RunStatuses.Find(name) is not { } status || !status.IsFinished())
            .Select(name => $"cannot delete Runs with status {name}")
            .ToArray();
        return problems.Length == 0 ? [.. names.Select(name => RunStatuses.Find(name)!.Value).Distinct()] : throw new ApiException(422, problems);
    }
}

using System.Text;
using System.Text.Json;
using ActorNode.Jobs.Access;
using ActorNode.Jobs.Adapters.Bridges;
using ActorNode.Jobs.Bridges;
using ActorNode.Jobs.Specs;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Server.Http.Jobs;

/// <summary><c>/v2/specs/{id}/runs</c>, <c>/v2/runs</c>, <c>/v2/runs/{id}</c>: starting, listing, showing runs, and answers of bridges.</summary>
internal sealed class RunRoutes(JobsActors actors, JobLists lists, ApiAccess access, ApiBody body, JobsApiSettings settings)
{
    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    /// <summary>Answers when the run is stored and listed.</summary>
    public async Task StartAsync(HttpContext context)
    {
        var caller = await access.SessionOrTokenAsync(context);
        if (await lists.FindJobAsync(ApiPaths.Id(context), context.RequestAborted) is not { } spec)
            throw ApiException.NotFound("Job not found");
        if (ByWhom(spec, caller) is not { } by)
            throw new ApiException(403, "Job not available on web API, recreate with web initiator");
        var input = InputOf(await body.ReadObjectAsync(context, reason => new ApiException(500, reason), Nothing));
        var start = new JobCommands.StartRun(spec.Id, RunId.New(), by, new RunResult(input)) { ExternalName = caller.Initiator?.Name };
        switch (await actors.AskJobAsync(start, context.RequestAborted))
        {
            case JobReplies.Started started:
                await JsonApi.WriteAsync(context, ResourceOf(started.Run));
                break;
            case JobReplies.NoSuchJob or JobReplies.Refused { Reason: RunRefusal.Archived }:
                throw ApiException.NotFound("Job not found");
            case JobReplies.Refused refused:
                throw new ApiException(500, refused.Detail);
            case var reply:
                throw new InvalidOperationException($"a job answered with {reply.GetType()}");
        }
    }

    public async Task ListAsync(HttpContext context)
    {
        await access.SessionAsync(context);
        var page = PageQuery.Of(context.Request, settings.MaxPage);
        var job = context.Request.Query["jobSpecId"].ToString() is { Length: > 0 } given ? given : null;
        var found = await lists.RunsAsync(job, page, context.RequestAborted);
        await JsonApi.WriteAsync(context, found.Items.Select(ResourceOf), found.Count, page);
    }

    /// <summary>Not a run of an archived job.</summary>
    public async Task ShowAsync(HttpContext context)
    {
        await access.SessionAsync(context);
        if (await FindAsync(context) is not { } run || await lists.FindJobAsync(run.JobId.Value, context.RequestAborted) is null)
            throw ApiException.NotFound("Job run not found");
        await JsonApi.WriteAsync(context, ResourceOf(run));
    }

    /// <summary>
    /// The late answer of a bridge, also to runs of archived jobs. In the order of the original whether there is such a run, whether it waits and
    /// whether the answer can be read come before who answers; nothing is done for who is not the bridge.
    /// </summary>
    public async Task ResumeAsync(HttpContext context)
    {
        var run = await FindAsync(context) ?? throw ApiException.NotFound("Job Run not found");
        if (run.Status != RunStatus.PendingBridge)
            throw NotPending();
        var answer = Read(await body.ReadObjectAsync(context, Malformed));
        await MustBeBridgeAsync(context, run);
        // Whose token it is was asked for the task that waited when the request came, which may be long ago.
        var resume = new JobCommands.ResumePending(run.JobId, run.Id, answer) { Task = run.Tasks[run.Current].Id };
        switch (await actors.AskJobAsync(resume, context.RequestAborted))
        {
            case JobReplies.Resumed resumed:
                await JsonApi.WriteAsync(context, ResourceOf(resumed.Run));
                break;
            case JobReplies.NotResumed or JobReplies.NoSuchRun:
                // Another answer was faster.
                throw NotPending();
            case var reply:
                throw new InvalidOperationException($"a run answered with {reply.GetType()}");
        }
    }

    private async Task MustBeBridgeAsync(HttpContext context, JobRun run)
    {
        var task = run.Current < run.Tasks.Length ? run.Tasks[run.Current].Task.Type : "";
        if (ApiAccess.BearerToken(context) is not { } token
            || await actors.AskBridgesAsync(new BridgeQueries.Find(task), context.RequestAborted) is not BridgeReplies.Found found
            || !BridgeRules.Opens(found.Bridge, token))
        {
            throw ApiException.Unauthorized();
        }
    }

    /// <summary>The run as it stands now: its list may lag while it is not finished.</summary>
    private async Task<JobRun?> FindAsync(HttpContext context)
    {
        var id = ApiPaths.Id(context);
        if (await lists.FindRunAsync(id, context.RequestAborted) is not { } row)
            return null;
        if (row.Status.IsFinished())
            return JobLists.RunOf(row);
        return await actors.AskJobAsync(new JobQueries.RunOf(row.JobId, row.Id), context.RequestAborted) is JobReplies.RunIs now
            ? now.Run
            // Finished meanwhile.
            : await lists.FindRunAsync(id, context.RequestAborted) is { } last ? JobLists.RunOf(last) : null;
    }

    /// <summary>A session starts runs of web initiators; so does an external initiator, where no initiator of the job has its name.</summary>
    private static InitiatorType? ByWhom(JobSpec spec, Caller caller)
    {
        if (caller.Initiator?.Name is { } name
            && spec.Initiators.Any(initiator => initiator.Type == InitiatorType.External && string.Equals(initiator.Name, name, StringComparison.OrdinalIgnoreCase)))
        {
            return InitiatorType.External;
        }

        return spec.Initiators.Any(initiator => initiator.Type == InitiatorType.Web) ? InitiatorType.Web : null;
    }

    /// <summary>What a body may be deep and the data of a run may not.</summary>
    private static JobData InputOf(JsonElement given)
    {
        try
        {
            return JobData.Of(given);
        }
        catch (FormatException wrong)
        {
            throw new ApiException(400, wrong.Message);
        }
    }

    private static RunResult Read(JsonElement answer)
    {
        try
        {
            return BridgeAnswer.Read(Encoding.UTF8.GetBytes(answer.GetRawText()));
        }
        catch (FormatException wrong)
        {
            throw Malformed(wrong.Message);
        }
    }

    private static ApiException Malformed(string reason) => new(500, reason);

    private static ApiException NotPending() => new(405, "Cannot resume a job run that isn't pending");

    private static Resource ResourceOf(JobRun run) => new("runs", run.Id.Value, json => JobJson.WriteRun(json, run));
}

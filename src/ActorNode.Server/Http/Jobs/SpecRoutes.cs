using System.Globalization;
using ActorNode.Jobs.Access;
using ActorNode.Jobs.Scheduling;
using ActorNode.Jobs.Specs;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Server.Http.Jobs;

/// <summary><c>/v2/specs</c> and <c>/v2/specs/{id}</c>, its errors and its next times.</summary>
internal sealed class SpecRoutes(JobsActors actors, JobLists lists, ApiAccess access, ApiBody body, JobsApiSettings settings, TimeProvider clock)
{
    private const string Missing = "JobSpec not found";
    private const int DefaultPreview = 10;

    public async Task ListAsync(HttpContext context)
    {
        await access.SessionAsync(context);
        var page = PageQuery.Of(context.Request, settings.MaxPage);
        var found = await lists.JobsAsync(page, context.RequestAborted);
        await JsonApi.WriteAsync(context, found.Items.Select(ResourceOf), found.Count, page);
    }

    public async Task ShowAsync(HttpContext context)
    {
        await access.SessionAsync(context);
        await JsonApi.WriteAsync(context, ResourceOf(await FindAsync(context)));
    }

    /// <summary>Answers when the job is stored and listed.</summary>
    public async Task CreateAsync(HttpContext context)
    {
        await access.SessionOrTokenAsync(context);
        var json = await body.ReadObjectAsync(context, reason => new ApiException(400, reason));
        JobSpec spec;
        try
        {
            spec = JobSpecReader.Read(json, JobId.New(), clock.GetUtcNow());
        }
        catch (JobSpecException wrong)
        {
            throw new ApiException(400, [.. wrong.Problems]);
        }

        switch (await actors.AskJobAsync(new JobCommands.Create(spec), context.RequestAborted))
        {
            case JobReplies.Created created:
                await JsonApi.WriteAsync(context, ResourceOf(created.Spec));
                break;
            case JobReplies.Invalid invalid:
                throw new ApiException(400, [.. invalid.Problems]);
            case var reply:
                throw new InvalidOperationException($"a job answered with {reply.GetType()}");
        }
    }

    public async Task ArchiveAsync(HttpContext context)
    {
        await access.SessionAsync(context);
        var spec = await FindAsync(context);
        if (await actors.AskJobAsync(new JobCommands.Archive(spec.Id), context.RequestAborted) is JobReplies.NoSuchJob)
            throw ApiException.NotFound(Missing);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>The failed runs of a job, newest first, as many as <c>size</c> says.</summary>
    public async Task ErrorsAsync(HttpContext context)
    {
        await access.SessionAsync(context);
        var page = PageQuery.Of(context.Request, settings.MaxPage);
        var spec = await FindAsync(context);
        var runs = await lists.ErrorsAsync(spec.Id, page.Size, context.RequestAborted);
        await JsonApi.WriteAsync(context, runs.Select(ErrorOf), runs.Count, page with { Page = 1 });
    }

    /// <summary>When the job's schedules and times start it next, as many as <c>count</c> says; those outside its own time left out.</summary>
    public async Task NextAsync(HttpContext context)
    {
        await access.SessionAsync(context);
        var count = Count(context.Request);
        var spec = await FindAsync(context);
        var times = (SchedulerReplies.Preview)await actors.AskSchedulerAsync(new SchedulerQueries.Preview(spec.Id, count), context.RequestAborted);
        await JsonApi.WriteAsync(context, Resource.Of("next_runs", spec.Id.Value, json =>
        {
            json.WriteStartArray("times"u8);
            foreach (var tick in times.Ticks)
            {
                json.WriteStartObject();
                json.WriteNumber("initiator"u8, tick.InitiatorId);
                json.WriteString("at"u8, JobJson.Time(tick.At));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }));
    }

    private static int Count(HttpRequest request)
    {
        if (request.Query["count"] is not { Count: > 0 } values)
            return DefaultPreview;
        return values.Count == 1 && int.TryParse(values[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count is >= 1 and <= SchedulerQueries.Preview.MostPreviewed
            ? count
            : throw new ApiException(422, $"invalid count param, error: must be from 1 to {SchedulerQueries.Preview.MostPreviewed}");
    }

    private async Task<JobSpec> FindAsync(HttpContext context) =>
        await lists.FindJobAsync(ApiPaths.Id(context), context.RequestAborted) ?? throw ApiException.NotFound(Missing);

    private static Resource ResourceOf(JobSpec spec) => new("specs", spec.Id.Value, json => JobJson.WriteSpec(json, spec));

    private static Resource ErrorOf(JobRun run) => Resource.Of("job_errors", run.Id.Value, json =>
    {
        json.WriteString("runId"u8, run.Id.Value);
        json.WriteString("error"u8, run.Result.Error ?? "");
        if (run.Tasks.FirstOrDefault(task => task.Status == RunStatus.Errored) is { } task)
            json.WriteString("task"u8, task.Task.Type);
        else
            json.WriteNull("task"u8);
        json.WriteString("createdAt"u8, JobJson.Time(run.CreatedAt));
        json.WriteString("finishedAt"u8, run.FinishedAt is { } finished ? JobJson.Time(finished) : null);
    });
}

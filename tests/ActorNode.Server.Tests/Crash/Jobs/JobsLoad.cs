using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using ActorNode.Server.Tests.Jobs;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace ActorNode.Server.Tests.Crash.Jobs;

/// <summary>
/// Jobs of every kind and their load over HTTP: runs that are asked for, cron and single times, tasks that fail and are tried again, a bridge
/// that answers later. Knows which runs the node has promised. All side effects are calls to a server that outlives the node.
/// </summary>
internal sealed class JobsLoad : IAsyncDisposable
{
    private const double FailureRate = 0.3;

    /// <summary>Tasks of a job that is asked for: no task twice, so that a call tells its place.</summary>
    private static readonly (string Name, bool Ordered, string Tasks)[] Kinds =
    [
        ("plain", false, """{"type":"first"},{"type":"second"},{"type":"third"}"""),
        ("retried", false, """{"type":"flaky","attempts":4,"backoff":"20ms"},{"type":"second"}"""),
        ("failing", false, """{"type":"first"},{"type":"flaky"},{"type":"third"}"""),
        ("waiting", false, """{"type":"first"},{"type":"later"},{"type":"third"}"""),
        ("ordered", true, """{"type":"first"},{"type":"flaky","attempts":3,"backoff":"10ms"},{"type":"third"}"""),
    ];

    private readonly SemaphoreSlim _answered = new(0);
    private readonly ConcurrentDictionary<string, string> _promised = new();
    private readonly ConcurrentQueue<string> _waiting = new();
    private readonly List<string> _web = [];
    private string _token = "";

    private JobsLoad(EffectServer outside) => Outside = outside;

    /// <summary>Records every call.</summary>
    public EffectServer Outside { get; }

    /// <summary>Runs whose acceptance was answered.</summary>
    public ICollection<string> Promised => _promised.Keys;

    /// <summary>Jobs with a schedule or a time, whose creation was answered.</summary>
    public ConcurrentDictionary<string, string> Timed { get; } = new();

    /// <summary>Jobs whose runs go one after the other.</summary>
    public List<string> Ordered { get; } = [];

    /// <summary>Requests that a kill left without an answer.</summary>
    public int Unanswered;

    /// <summary>The last time at which anything of it is scheduled.</summary>
    public DateTimeOffset LastTime { get; private set; }

    public static async Task<JobsLoad> StartAsync()
    {
        JobsLoad load = null!;
        var outside = await EffectServer.StartAsync((call, context) => load.OnCallAsync(call, context));
        return load = new JobsLoad(outside);
    }

    /// <summary>Bridges and jobs, on a node that is not killed meanwhile.</summary>
    public async Task CreateAsync(JobsClient client)
    {
        foreach (var name in new[] { "first", "second", "third", "flaky", "later" })
        {
            var token = await client.BridgeAsync(name, $"{Outside.Url}/{name}");
            if (name == "later")
                _token = token;
        }

        foreach (var (_, ordered, tasks) in Kinds)
        {
            var job = await client.CreateAsync($$"""{"initiators":[{"type":"web"}],"ordered":{{(ordered ? "true" : "false")}},"tasks":[{{tasks}}]}""");
            _web.Add(job);
            if (ordered)
                Ordered.Add(job);
        }
    }

    /// <summary>Waits until the node has promised a run since the last time.</summary>
    public async Task AnsweredAsync()
    {
        await _answered.WaitAsync();
        while (_answered.Wait(0))
        {
        }
    }

    /// <summary>Runs everything until it is told to stop or the node is gone.</summary>
    public Task RunAsync(JobsClient client, int round, int senders, CancellationToken stop) => Task.WhenAll(
        [AnswerLaterAsync(client, new Random(round), stop), ScheduleAsync(client, round, stop), .. Enumerable.Range(0, senders).Select(i => SendAsync(client, new Random((round * senders) + i), stop))]);

    /// <summary>The bridge's late answers that are due are given until none is left.</summary>
    public async Task AnswerAllAsync(JobsClient client)
    {
        while (_waiting.TryDequeue(out var run))
            await AnswerAsync(client, run);
    }

    public ValueTask DisposeAsync() => Outside.DisposeAsync();

    private async Task OnCallAsync(Effect call, HttpContext context)
    {
        switch (call.Task)
        {
            case "later":
                _waiting.Enqueue(call.Run);
                await context.Response.WriteAsync("""{"pending":true}""");
                break;
            case "flaky" when Random.Shared.NextDouble() < FailureRate:
                context.Response.StatusCode = 500;
                await context.Response.WriteAsync("not now");
                break;
            default:
                await context.Response.WriteAsync("""{"data":{"result":"done"}}""");
                break;
        }
    }

    private async Task SendAsync(JobsClient client, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var job = _web[random.Next(_web.Count)];
            if (await Answered(() => client.StartAsync(job, $$"""{"n":{{random.Next()}}}""")) is not { } run)
                return;
            Assert.True(_promised.TryAdd(run, job), $"run {run} is promised twice");
            _answered.Release();
        }
    }

    /// <summary>A schedule of every second for a while, and a time that comes soon, maybe while nobody is there.</summary>
    private async Task ScheduleAsync(JobsClient client, int round, CancellationToken stop)
    {
        var now = DateTimeOffset.UtcNow;
        var (end, time) = (now.AddSeconds(15), now.AddSeconds(round % 4));
        LastTime = end;
        var overlap = (round % 3) switch { 0 => "allow", 1 => "skip", _ => "queue" };
        foreach (var (kind, initiator) in new[]
        {
            ("cron", $$$"""{"type":"cron","params":{"schedule":"CRON_TZ=UTC * * * * * *","overlap":"{{{overlap}}}","missed":"all"}}"""),
            ("runat", $$$"""{"type":"runat","params":{"time":"{{{Text(time)}}}"}}"""),
        })
        {
            var bounds = kind == "cron" ? $$""","endAt":"{{Text(end)}}" """ : "";
            if (stop.IsCancellationRequested
                || await Answered(() => client.CreateAsync($$"""{"initiators":[{{initiator}}],"tasks":[{"type":"first"},{"type":"second"}]{{bounds}}}""")) is not { } job)
                return;
            Timed[job] = kind;
        }
    }

    private async Task AnswerLaterAsync(JobsClient client, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (random.Next(3) > 0 && _waiting.TryDequeue(out var run))
            {
                if (await Answered(() => AnswerAsync(client, run)) is null)
                    return;
            }

            // So that some wait when the node is killed.
            await Task.Delay(random.Next(1, 20), CancellationToken.None);
        }
    }

    /// <summary>Answers a run, if it waits: one that is asked for again by a node that was killed may not yet, or not any more.</summary>
    private async Task<string> AnswerAsync(JobsClient client, string run)
    {
        var answered = false;
        try
        {
            answered = await client.AnswerAsync(run, _token, """{"data":{"result":"late"}}""") == HttpStatusCode.OK
                || (string?)(await client.RunAsync(run))["status"] is "completed" or "errored";
        }
        finally
        {
            if (!answered)
                _waiting.Enqueue(run);
        }

        return run;
    }

    /// <summary>The answer, or null where the node is gone.</summary>
    private async Task<string?> Answered(Func<Task<string>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or JsonException)
        {
            Interlocked.Increment(ref Unanswered);
            return null;
        }
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

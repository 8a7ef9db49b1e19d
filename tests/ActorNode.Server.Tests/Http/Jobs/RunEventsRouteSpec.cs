using System.Text.Json.Nodes;
using ActorNode.Server.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ActorNode.Server.Tests.Http.Jobs;

public sealed class RunEventsRouteSpec
{
    private const string Events = "/v2/runs/events";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact(DisplayName = "A stream tells each step of the runs of a job, in order, and nothing of others")]
    public async Task Follows()
    {
        var (node, client) = await JobsNode.WithClientAsync();
        await using var _ = node;
        var (job, other) = (await client.JobAsync("noop"), await client.JobAsync("noop"));
        using var events = await OpenAsync(node, client, $"{Events}?jobSpecId={job}");
        await client.RunAsync(other);
        var run = await client.RunAsync(job);
        var seen = new List<JsonNode>();
        do
            seen.Add(await NextAsync(events));
        while ((string?)seen[^1]["status"] != "completed");

        Assert.All(seen, step => Assert.Equal((run, job), ((string?)step["id"], (string?)step["jobId"])));
        Assert.True(seen.Count >= 2, "the run's beginning and its end");
    }

    [Fact(DisplayName = "A stream needs a session, ends with it, and does not keep it open")]
    public async Task Needs_a_session()
    {
        await using var node = await JobsNode.StartAsync(settings => settings with { Http = settings.Http with { Heartbeat = TimeSpan.FromMilliseconds(100) } });
        var client = await node.ClientAsync();
        Assert.Equal(401, (await node.SendAsync(HttpMethod.Get, Events)).Status);
        using var events = await OpenAsync(node, client, Events);
        while (await LineAsync(events) != ": still here")
        {
        }

        await client.DeleteAsync("/sessions");
        while (await LineAsync(events) is not null)
        {
        }
    }

    [Fact(DisplayName = "A stream ends with its session though runs change all the time")]
    public async Task Asks_in_the_noise()
    {
        await using var node = await JobsNode.StartAsync(settings => settings with { Http = settings.Http with { Heartbeat = TimeSpan.FromSeconds(2) } });
        var (client, other) = (await node.ClientAsync(), await node.ClientAsync());
        var job = await other.JobAsync("noop");
        using var events = await OpenAsync(node, client, Events);
        await client.DeleteAsync("/sessions");
        var ended = EndAsync(events);
        while (!ended.IsCompleted)
            await other.RunAsync(job);
        await ended;

        static async Task EndAsync(StreamReader events)
        {
            var patience = System.Diagnostics.Stopwatch.StartNew();
            while (await LineAsync(events) is not null)
                Assert.True(patience.Elapsed < Patience, "the stream goes on");
        }
    }

    [Fact(DisplayName = "So many streams at most, and all end when the node stops")]
    public async Task Bounds()
    {
        await using var node = await JobsNode.StartAsync(settings => settings with { Http = settings.Http with { MaxFollowers = 1 } });
        var client = await node.ClientAsync();
        using var events = await OpenAsync(node, client, Events);
        Assert.Equal(429, (await client.GetAsync(Events)).Status);
        node.Services.GetRequiredService<NodeLifetime>().BeginStopping();
        while (await LineAsync(events) is not null)
        {
        }
    }

    private static async Task<StreamReader> OpenAsync(JobsNode node, ApiClient client, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Cookie", client.Cookie);
        var response = await node.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var events = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal(": following", await LineAsync(events));
        return events;
    }

    private static async Task<JsonNode> NextAsync(StreamReader events)
    {
        while (await LineAsync(events) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                return JsonNode.Parse(line["data: ".Length..])!;
        }

        throw new EndOfStreamException("the stream of events ended");
    }

    private static Task<string?> LineAsync(StreamReader events) => events.ReadLineAsync().WaitAsync(Patience);
}

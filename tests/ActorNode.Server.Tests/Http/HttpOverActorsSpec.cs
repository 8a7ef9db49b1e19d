using System.Net;
using System.Text.Json.Nodes;
using ActorNode.Configuration;
using ActorNode.Messages;
using Akka.Actor;
using Xunit;

namespace ActorNode.Server.Tests.Http;

/// <summary>The API over the node's real actors, with a store in memory.</summary>
public sealed class HttpOverActorsSpec : IAsyncLifetime
{
    private readonly SwitchedStore _store = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact(DisplayName = "Messages are written once, read by pages and by id, listed, removed, and then gone")]
    public async Task Whole_life()
    {
        await using var node = await HttpNode.StartAsync(_store);
        var (response, json) = await node.PostAsync(Lines("a/b", 1, 30) + Lines("c", 1, 1), "application/x-ndjson");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"a/b":{"first":1,"last":30,"written":30,"duplicates":0},"c":{"first":1,"last":1,"written":1,"duplicates":0}}""", json.ToJsonString());
        (_, json) = await node.PostAsync(Lines("a/b", 29, 3), "application/x-ndjson");
        Assert.Equal("""{"a/b":{"first":29,"last":31,"written":1,"duplicates":2}}""", json.ToJsonString());

        (_, json) = await node.GetAsync("/v1/messages/a%2Fb?after=10&limit=20");
        Assert.Equal(Enumerable.Range(11, 20), json["messages"]!.AsArray().Select(m => m!["sequence"]!.GetValue<int>()));
        Assert.Equal(30, json["next"]!.GetValue<int>());
        (_, json) = await node.GetAsync("/v1/messages/a%2Fb?afterId=m30");
        Assert.Equal("m31", json["messages"]![0]!["id"]!.GetValue<string>());
        Assert.Null(json["next"]);
        (_, json) = await node.GetAsync("/v1/messages/a%2Fb/m7");
        Assert.Equal(7, json["sequence"]!.GetValue<int>());
        (_, json) = await node.GetAsync("/v1/messages?limit=1");
        Assert.Equal("""{"accounts":[{"account":"a/b","first":1,"last":31}],"next":"a/b"}""", json.ToJsonString());

        (_, json) = await node.SendAsync(HttpMethod.Delete, "/v1/messages/a%2Fb?upTo=12");
        Assert.Equal("""{"first":13,"last":31,"removed":12}""", json.ToJsonString());
        var problem = await node.ProblemAsync(HttpStatusCode.Gone, HttpMethod.Get, "/v1/messages/a%2Fb?after=3");
        Assert.Equal(13, problem["first"]!.GetValue<int>());
        await node.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Get, "/v1/messages/a%2Fb/m7");
        problem = await node.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Delete, "/v1/messages/a%2Fb?upTo=0");
        Assert.Equal("upTo must be 1 or more", problem["detail"]!.GetValue<string>());
    }

    [Fact(DisplayName = "Many clients at once get every message stored once, without a hole")]
    public async Task Concurrent_writers()
    {
        await using var node = await HttpNode.StartAsync(_store);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async client =>
        {
            for (var i = 0; i < 20; i++)
            {
                var (response, _) = await node.PostAsync(Line($"a{i % 4}", $"{client}-{i}") + Line("shared", $"{client}-{i}"), "application/x-ndjson");
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            }
        }));
        var (_, json) = await node.GetAsync("/v1/messages/shared?limit=1000");
        Assert.Equal(Enumerable.Range(1, 320), json["messages"]!.AsArray().Select(m => m!["sequence"]!.GetValue<int>()));
        Assert.Equal(320, json["messages"]!.AsArray().Select(m => m!["id"]!.GetValue<string>()).Distinct().Count());
    }

    [Fact(DisplayName = "A stream goes on over retention and over the end of its account's actor")]
    public async Task Streams()
    {
        await using var node = await HttpNode.StartAsync(_store, new HttpSettings { RequestTimeout = TimeSpan.FromSeconds(5) });
        await node.PostAsync(Lines("a", 1, 10), "application/x-ndjson");
        using var stream = await EventStream.OpenAsync(node, "/v1/messages/a/events?after=8");
        Assert.Equal("9", (await stream.NextAsync())!.Id);
        Assert.Equal("10", (await stream.NextAsync())!.Id);
        await node.PostAsync(Lines("a", 11, 1), "application/x-ndjson");
        Assert.Equal("11", (await stream.NextAsync())!.Id);

        node.System.ActorSelection("/user/messages/a").Tell(PoisonPill.Instance);
        // What reaches the dying actor gets no answer; sending it again is safe.
        await UntilAsync(async () => (await node.PostAsync(Lines("a", 12, 1), "application/x-ndjson")).Response.StatusCode == HttpStatusCode.OK);
        Assert.Equal("12", (await stream.NextAsync())!.Id);

        await node.SendAsync(HttpMethod.Delete, "/v1/messages/a?upTo=12");
        await node.PostAsync(Lines("a", 13, 300), "application/x-ndjson");
        for (var i = 13; i < 313; i++)
            Assert.Equal($"{i}", (await stream.NextAsync())!.Id);
    }

    [Fact(DisplayName = "A store that fails degrades the account and readiness, and both recover by themselves")]
    public async Task Store_fails()
    {
        var settings = new MessagesSettings { MaxAttempts = 2, MinBackoff = TimeSpan.FromMilliseconds(10), MaxBackoff = TimeSpan.FromMilliseconds(50) };
        await using var node = await HttpNode.StartAsync(_store, messages: settings);
        _store.Fails = true;
        var (response, json) = await node.PostAsync(Line("a", "1"), "application/x-ndjson");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("1", response.Headers.RetryAfter?.ToString());
        Assert.Equal("degraded", json["a"]!["reason"]!.GetValue<string>());
        Assert.DoesNotContain("SECRET", json.ToJsonString(), StringComparison.Ordinal);
        await UntilAsync(async () => (await node.GetAsync("/health/ready")).Response.StatusCode == HttpStatusCode.ServiceUnavailable);
        _store.Fails = false;
        await UntilAsync(async () => (await node.PostAsync(Line("a", "1"), "application/x-ndjson")).Response.StatusCode == HttpStatusCode.OK);
        await UntilAsync(async () => (await node.GetAsync("/health/ready")).Response.StatusCode == HttpStatusCode.OK);
        (_, json) = await node.GetAsync("/v1/messages/a");
        Assert.Single(json["messages"]!.AsArray());
    }

    [Fact(DisplayName = "More than the node may hold is 429 with a time to come back, and room comes with the commit")]
    public async Task Busy()
    {
        var settings = new MessagesSettings { MaxPendingMessages = 1 };
        await using var node = await HttpNode.StartAsync(_store, messages: settings);
        Task<(HttpResponseMessage Response, JsonNode Json)> first;
        using (_store.Hold())
        {
            first = node.PostAsync(Line("a", "1"), "application/x-ndjson");
            // Whichever comes second is turned away at once.
            var second = node.PostAsync(Line("a", "2"), "application/x-ndjson");
            var (response, json) = await await Task.WhenAny(first, second);
            Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
            Assert.Equal("1", response.Headers.RetryAfter?.ToString());
            Assert.Equal("busy", json["a"]!["reason"]!.GetValue<string>());
            first = first.IsCompleted ? second : first;
        }

        Assert.Equal(HttpStatusCode.OK, (await first).Response.StatusCode);
    }

    [Fact(DisplayName = "A node that shuts down finishes what it accepted and refuses the rest as stopping")]
    public async Task Shutdown()
    {
        await using var node = await HttpNode.StartAsync(_store);
        await node.PostAsync(Line("a", "0"), "application/x-ndjson");
        Task<(HttpResponseMessage Response, JsonNode Json)> accepted;
        Task down;
        using (var held = _store.Hold())
        {
            accepted = node.PostAsync(Line("a", "1"), "application/x-ndjson");
            await held.Arrived.WaitAsync(TimeSpan.FromSeconds(60));
            down = CoordinatedShutdown.Get(node.System).Run(CoordinatedShutdown.ClrExitReason.Instance);
            await UntilAsync(async () =>
            {
                var (refused, reasons) = await node.PostAsync(Line("b", "1"), "application/x-ndjson");
                return refused.StatusCode == HttpStatusCode.ServiceUnavailable && reasons["b"]!["reason"]!.GetValue<string>() == "stopping";
            });
        }

        var (response, json) = await accepted;
        Assert.True(response.StatusCode == HttpStatusCode.OK, json.ToJsonString());
        Assert.Equal(2, json["a"]!["last"]!.GetValue<int>());
        await down.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact(DisplayName = "Metrics of the writer are exported, with their buckets")]
    public async Task Metrics()
    {
        await using var node = await HttpNode.StartAsync(_store);
        await node.PostAsync(Lines("a", 1, 3), "application/x-ndjson");
        using var stream = await EventStream.OpenAsync(node, "/v1/messages/a/events");
        var text = await node.Client.GetStringAsync("/metrics");
        Assert.Matches("(?m)^actornode_[a-z_]+_bucket\\{.*le=\"\\+Inf\"\\} [1-9]", text);
        Assert.Contains("# TYPE actornode_http_followers gauge", text, StringComparison.Ordinal);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var until = DateTime.UtcNow + TimeSpan.FromSeconds(60);
        while (!await holds())
            Assert.True(DateTime.UtcNow < until, "it never came to that");
    }

    private static string Lines(string account, int from, int count) => string.Concat(Enumerable.Range(from, count).Select(i => Line(account, $"m{i}")));

    private static string Line(string account, string id) => $$"""{"account":"{{account}}","id":"{{id}}","body":"AQ=="}""" + "\n";
}

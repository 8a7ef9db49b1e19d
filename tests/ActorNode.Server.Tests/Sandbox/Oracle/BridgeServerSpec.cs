using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ActorNode.Protocol.Jobs;
using ActorNode.Server.Sandbox.Oracle;
using ActorNode.Server.Tests.Http.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace ActorNode.Server.Tests.Sandbox.Oracle;

public sealed class BridgeServerSpec : IAsyncLifetime
{
    private readonly TestClock _clock = new();
    private readonly Queue<int> _statuses = [];
    private readonly List<string> _answers = [];
    private readonly HttpClient _http = new();
    private readonly BridgeServer _bridge;
    private WebApplication? _node;

    public BridgeServerSpec() => _bridge = new BridgeServer(_clock);

    public async Task InitializeAsync()
    {
        _node = await LocalServer.StartAsync(
            async context =>
            {
                using var reader = new StreamReader(context.Request.Body);
                _answers.Add($"{context.Request.Method} {context.Request.Path} {context.Request.Headers.Authorization} {await reader.ReadToEndAsync()}");
                context.Response.StatusCode = _statuses.Count > 0 ? _statuses.Dequeue() : StatusCodes.Status200OK;
            },
            CancellationToken.None);
        await _bridge.StartAsync(CancellationToken.None);
        _bridge.Serve(new Uri(LocalServer.UrlOf(_node)));
        _bridge.Authenticate(new Secret("token"));
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _bridge.DisposeAsync();
        await _node!.DisposeAsync();
    }

    [Fact(DisplayName = "One bridge adds at once, whether it is given a number or its text")]
    public async Task Adds()
    {
        Assert.Equal("8", (string)(await PostAsync(_bridge.AdderUrl, "7"))["data"]!["result"]!);
        Assert.Equal("9", (string)(await PostAsync(_bridge.AdderUrl, "\"8\""))["data"]!["result"]!);
    }

    [Fact(DisplayName = "The other doubles later, with its token, once for a run, and again until the node takes it")]
    public async Task Doubles()
    {
        _statuses.Enqueue(405);
        _statuses.Enqueue(503);
        Assert.True((bool)(await PostAsync(_bridge.DoublerUrl, "7"))["pending"]!);
        await PostAsync(_bridge.DoublerUrl, "7");

        await _bridge.AnswerAsync(CancellationToken.None);
        Assert.Empty(_answers);
        _clock.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 4; i++)
            await _bridge.AnswerAsync(CancellationToken.None);

        Assert.Equal(Enumerable.Repeat("""PATCH /v2/runs/abc Bearer token {"data":{"result":"14"}}""", 3), _answers);
        Assert.Equal((1, 0), (_bridge.Answered, _bridge.Owing));
        Assert.Empty(_bridge.Problems);
    }

    [Theory(DisplayName = "A node that does not know the token, or after half a minute the run, has a problem; one whose run waits no more has none")]
    [InlineData(401, 0, 1)]
    [InlineData(404, 31, 1)]
    [InlineData(405, 31, 0)]
    public async Task Problems(int status, int afterSeconds, int problems)
    {
        _bridge.Owe(new RunId("abc"), 1);
        if (afterSeconds > 0)
        {
            _statuses.Enqueue(status);
            await _bridge.AnswerAsync(CancellationToken.None);
            Assert.Equal((1, 0), (_bridge.Owing, _bridge.Problems.Count));
        }

        _clock.Advance(TimeSpan.FromSeconds(afterSeconds));
        _statuses.Enqueue(status);
        await _bridge.AnswerAsync(CancellationToken.None);

        Assert.Equal(Enumerable.Repeat($"the node answered {status} to the bridge's answer to run abc", problems), _bridge.Problems);
        Assert.Equal((0, 0), (_bridge.Answered, _bridge.Owing));
    }

    [Fact(DisplayName = "While it is dead it cuts connections and answers nothing; alive again it answers what it owes")]
    public async Task Dies()
    {
        _bridge.Owe(new RunId("abc"), 1);
        _bridge.Die();

        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(_bridge.AdderUrl, "1"));
        await _bridge.AnswerAsync(CancellationToken.None);
        Assert.Equal((true, 1), (_bridge.Cut >= 1, _bridge.Owing));
        Assert.Empty(_answers);

        _bridge.Revive();
        await _bridge.AnswerAsync(CancellationToken.None);
        Assert.Equal("""PATCH /v2/runs/abc Bearer token {"data":{"result":"2"}}""", Assert.Single(_answers));
    }

    [Fact(DisplayName = "The price server tells prices that it remembers, fails and falls silent when told to, and gets well")]
    public async Task Prices()
    {
        await using var prices = new PriceServer(seed: 1);
        await prices.StartAsync(CancellationToken.None);

        var first = JsonNode.Parse(await _http.GetStringAsync(prices.Url))!["data"]!["amount"]!.ToString();
        prices.Break();
        using var broken = await _http.GetAsync(prices.Url);
        prices.Silence();
        using var giveUp = new CancellationTokenSource();
        var asked = _http.GetAsync(prices.Url, giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        prices.Repair();
        var last = JsonNode.Parse(await _http.GetStringAsync(prices.Url))!["data"]!["amount"]!.ToString();

        Assert.Matches(@"^\d{4}\.\d\d$", first);
        Assert.True(prices.Served(int.Parse(first.Replace(".", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture)));
        Assert.False(prices.Served(1));
        Assert.Equal((HttpStatusCode.InternalServerError, "the sandbox broke the price server"), (broken.StatusCode, await broken.Content.ReadAsStringAsync()));
        Assert.Equal(1, prices.Failures);
        Assert.Equal(last, prices.Last);
    }

    private async Task<JsonNode> PostAsync(string url, string result)
    {
        using var body = new StringContent($$$"""{"id":"abc","data":{"result":{{{result}}}}}""", Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(url, body);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }
}

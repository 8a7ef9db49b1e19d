using ActorNode.Jobs;
using ActorNode.Jobs.Adapters;
using ActorNode.Jobs.Adapters.Bridges;
using ActorNode.Jobs.Adapters.Http;
using ActorNode.Protocol.Jobs;
using Xunit;

namespace ActorNode.Tests.Jobs.Adapters.Bridges;

public sealed class BridgeAdapterSpec : IDisposable
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    private readonly HttpCalls _calls = new(new JobsHttpSettings());

    public void Dispose() => _calls.Dispose();

    [Fact(DisplayName = "The bridge gets the run's id, the data and the node's token")]
    public async Task Asks()
    {
        await using var server = await LocalServer.StartAsync("""{"pending":true}""");

        var outcome = await PerformAsync(server, """{"result":"lot 49"}""");

        Assert.Equal(RunStatus.PendingBridge, outcome.Status);
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/in/?x=1"), (request.Method, request.Target));
        Assert.Equal($$$"""{"id":"{{{Tasks.Run}}}","data":{"result":"lot 49"}}""", request.Body);
        Assert.Equal(("Bearer " + Token, "application/json"), (request.Headers["Authorization"], request.Headers["Content-Type"]));
    }

    [Theory(DisplayName = "The bridge is told where it may answer later, if the node has an address")]
    [InlineData("https://chain.link")]
    [InlineData("https://chain.link/")]
    public async Task Tells_where_to_answer(string address)
    {
        await using var server = await LocalServer.StartAsync("""{"pending":true}""");

        await PerformAsync(server, """{"result":"lot 49"}""", settings: new JobsSettings { BridgeResponseUrl = address });

        Assert.Equal(
            $$$"""{"id":"{{{Tasks.Run}}}","data":{"result":"lot 49"},"responseURL":"https://chain.link/v2/runs/{{{Tasks.Run}}}"}""",
            Assert.Single(server.Requests).Body);
    }

    [Theory(DisplayName = "Parameters lie over the data, but the result is that of the task before, whatever the run's input says")]
    [InlineData("""{"result":"100"}""", """{"bodyParam":true}""", """{"bodyParam":true,"result":"100"}""")]
    [InlineData("""{"a":1,"result":"previous"}""", """{"a":2,"result":"of the input"}""", """{"a":2,"result":"previous"}""")]
    [InlineData("""{"result":null}""", """{"result":"of the input"}""", """{"result":null}""")]
    [InlineData("""{"a":1}""", """{"result":"of the parameters"}""", """{"a":1,"result":"of the parameters"}""")]
    [InlineData("{}", "{}", "{}")]
    public async Task Merges(string data, string parameters, string expected)
    {
        await using var server = await LocalServer.StartAsync("{}");

        var outcome = await PerformAsync(server, data, parameters);

        Assert.Equal($$$"""{"id":"{{{Tasks.Run}}}","data":{{{expected}}}}""", Assert.Single(server.Requests).Body);
        Assert.Equal(expected, outcome.Data.ToString());
    }

    [Theory(DisplayName = "An answer completes the task, fails it or leaves it waiting, and its data lie over those of the task")]
    [InlineData("""{"data":{"result":"purchased"}}""", RunStatus.Completed, """{"a":1,"result":"purchased"}""", null)]
    [InlineData("""{"data":{"result":null}}""", RunStatus.Completed, """{"a":1,"result":null}""", null)]
    [InlineData("""{"data":{"b":2}}""", RunStatus.Completed, """{"a":1,"b":2,"result":"old"}""", null)]
    [InlineData("""{"jobRunID":"x","data":251990120,"statusCode":200}""", RunStatus.Completed, """{"a":1,"result":"251990120"}""", null)]
    [InlineData("""{"data":"text"}""", RunStatus.Completed, """{"a":1,"result":"text"}""", null)]
    [InlineData("""{"data":[1,"x"]}""", RunStatus.Completed, """{"a":1,"result":"[1,\"x\"]"}""", null)]
    [InlineData("""{"data":false}""", RunStatus.Completed, """{"a":1,"result":"false"}""", null)]
    [InlineData("""{"data":null}""", RunStatus.Completed, """{"a":1,"result":"old"}""", null)]
    [InlineData("{}", RunStatus.Completed, """{"a":1,"result":"old"}""", null)]
    [InlineData("""{"status":"in_progress","pending":false,"error":null}""", RunStatus.Completed, """{"a":1,"result":"old"}""", null)]
    [InlineData("""{"pending":true}""", RunStatus.PendingBridge, """{"a":1,"result":"old"}""", null)]
    [InlineData("""{"status":"pending_bridge","data":{"b":2}}""", RunStatus.PendingBridge, """{"a":1,"b":2,"result":"old"}""", null)]
    [InlineData("""{"error":"overload","data":{}}""", RunStatus.Errored, """{"a":1,"result":"old"}""", "overload")]
    [InlineData("""{"error":"","pending":true}""", RunStatus.Errored, """{"a":1,"result":"old"}""", "")]
    [InlineData("""{"error":"late","status":"completed","pending":true,"data":{"b":2}}""", RunStatus.Errored, """{"a":1,"b":2,"result":"old"}""", "late")]
    [InlineData("""{"status":"errored"}""", RunStatus.Errored, """{"a":1,"result":"old"}""", "the bridge answered with the status errored and no error")]
    public async Task Takes_answers(string answer, RunStatus status, string data, string? error)
    {
        await using var server = await LocalServer.StartAsync(answer, status: 201);

        var outcome = await PerformAsync(server, """{"a":1,"result":"old"}""");

        Assert.Equal((status, data, error), (outcome.Status, outcome.Data.ToString(), outcome.Error));
    }

    [Fact(DisplayName = "The amount of an answer is that of the task")]
    public async Task Takes_amounts()
    {
        await using var server = await LocalServer.StartAsync("""{"amount":"1000000000000000001","accessToken":"x","taskRunId":"y"}""");

        Assert.Equal("1000000000000000001", (await PerformAsync(server, "{}")).Amount!.Value.ToString());
    }

    [Theory(DisplayName = "What is no answer fails the task")]
    [InlineData(400, "bad request", "ExternalBridge post to external adapter: POST response: 400 bad request")]
    [InlineData(500, "big error", "ExternalBridge post to external adapter: POST response: 500 big error")]
    [InlineData(503, "", "ExternalBridge post to external adapter: POST response: 503")]
    [InlineData(401, "Bearer " + Token + " is unknown", "ExternalBridge post to external adapter: POST response: 401 Bearer [token] is unknown")]
    [InlineData(200, "", "ExternalBridge unmarshaling JSON: invalid JSON at line 1, byte 1")]
    [InlineData(200, "}", "ExternalBridge unmarshaling JSON: invalid JSON at line 1, byte 1")]
    [InlineData(200, "[]", "ExternalBridge unmarshaling JSON: an answer is a JSON object")]
    [InlineData(200, """{"error":5}""", "ExternalBridge unmarshaling JSON: error: expected a string")]
    [InlineData(200, """{"pending":"yes"}""", "ExternalBridge unmarshaling JSON: pending: expected true or false")]
    [InlineData(200, """{"status":"happy"}""", "ExternalBridge unmarshaling JSON: status: no status of that name")]
    [InlineData(200, """{"amount":5}""", "ExternalBridge unmarshaling JSON: amount: expected a string")]
    [InlineData(200, """{"amount":"1.5"}""", "ExternalBridge unmarshaling JSON: amount: expected a string of decimal digits")]
    [InlineData(200, """{"data":{"a":1e999}}""", "ExternalBridge unmarshaling JSON: JSON has a number at byte 14 that is beyond a double")]
    public async Task Refuses_answers(int status, string answer, string error)
    {
        await using var server = await LocalServer.StartAsync(answer, status);

        Assert.Equal(error, (await Assert.ThrowsAsync<AdapterException>(() => PerformAsync(server, "{}"))).Message);
    }

    [Fact(DisplayName = "An answer beyond the limit fails the task")]
    public async Task Limits_answers()
    {
        await using var server = await LocalServer.StartAsync($$"""{"data":"{{new string('x', 32768)}}"}""");

        Assert.Equal(
            "ExternalBridge post to external adapter: POST request: HTTP request too large, must be less than 32768 bytes",
            (await Assert.ThrowsAsync<AdapterException>(() => PerformAsync(server, "{}"))).Message);
    }

    [Fact(DisplayName = "A bridge may redirect within its origin; elsewhere the token does not go")]
    public async Task Keeps_the_token_at_home()
    {
        await using var other = await LocalServer.StartAsync("{}");
        await using var server = await LocalServer.StartAsync(context =>
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = context.Request.Path == "/in/" ? "/moved" : other.Url;
            return Task.CompletedTask;
        });

        var failed = await Assert.ThrowsAsync<AdapterException>(() => PerformAsync(server, "{}"));

        Assert.Equal(
            $"ExternalBridge post to external adapter: POST request: POST {server.Url}: the bridge redirects to {other.Url}; only redirects to its own origin are followed",
            failed.Message);
        Assert.Equal([("POST", "/in/?x=1"), ("POST", "/moved")], server.Requests.Select(request => (request.Method, request.Target)));
        Assert.All(server.Requests, request => Assert.Equal("Bearer " + Token, request.Headers["Authorization"]));
        Assert.Empty(other.Requests);
    }

    [Fact(DisplayName = "A bridge at a private address is refused where the operator wants that")]
    public async Task Private_bridges()
    {
        await using var server = await LocalServer.StartAsync("{}");
        using var calls = new HttpCalls(new JobsHttpSettings { BridgesAllowPrivate = false });

        var failed = await Assert.ThrowsAsync<AdapterException>(() => PerformAsync(server, "{}", calls: calls));

        Assert.Contains("its address is not public", failed.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact(DisplayName = "A task that is finished stays as it is, and one that has waited goes on; neither asks again")]
    public async Task Asks_once()
    {
        await using var server = await LocalServer.StartAsync("{}");
        var finished = new RunResult(JobData.Parse("""{"result":"done"}"""), RunStatus.Errored, "why", new Juels(5));

        var unchanged = await PerformAsync(server, """{"result":"100"}""", own: finished);
        var resumed = await PerformAsync(server, """{"result":"100"}""", own: new RunResult(JobData.Empty, RunStatus.PendingBridge));

        Assert.Equal((finished.Status, finished.Data, finished.Error, finished.Amount), (unchanged.Status, unchanged.Data, unchanged.Error, unchanged.Amount));
        Assert.Equal((RunStatus.Completed, """{"result":"100"}"""), (resumed.Status, resumed.Data.ToString()));
        Assert.Empty(server.Requests);
    }

    [Fact(DisplayName = "A bridge has the confirmations and the payment that the operator gave it; one that is gone is no kind of task")]
    public void Has_terms()
    {
        var directory = new Directory { ["priced"] = Terms("http://localhost") with { Confirmations = 7, MinimumPayment = new Juels(100) }, ["free"] = Terms("http://localhost") };
        var bridges = new BridgeAdapters(directory, new JobsSettings(), _calls);

        Assert.Equal((7u, new Juels(100)), bridges.Find("priced") is { } priced ? (priced.MinimumConfirmations, priced.MinimumPayment) : default);
        Assert.Equal((0u, Juels.Zero), bridges.Find("free") is { } free ? (free.MinimumConfirmations, free.MinimumPayment) : default);
        Assert.Null(bridges.Find("gone"));
    }

    private static BridgeTerms Terms(string url) => new("auctionbidding", new Uri(url), Token, 0, null);

    private async Task<TaskOutcome> PerformAsync(
        LocalServer server, string data, string parameters = "{}", JobsSettings? settings = null, RunResult? own = null, HttpCalls? calls = null)
    {
        var directory = new Directory { ["auctionbidding"] = Terms(server.Url + "/in/?x=1") };
        var input = Tasks.Input(data, parameters, own);
        var kind = new AdapterCatalog([], new BridgeAdapters(directory, settings ?? new JobsSettings(), calls ?? _calls).Find).Find("auctionbidding")!;
        return await kind.Create(input.Parameters).PerformAsync(input, default);
    }

    private sealed class Directory : Dictionary<string, BridgeTerms>, IBridgeDirectory
    {
        public BridgeTerms? Find(string name) => this.GetValueOrDefault(name);
    }
}

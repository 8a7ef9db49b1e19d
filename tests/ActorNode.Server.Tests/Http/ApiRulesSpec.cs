using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using ActorNode.Configuration;
using ActorNode.Protocol.Services;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ActorNode.Server.Tests.Http;

/// <summary>What holds for every route: problems, the token, health.</summary>
public sealed class ApiRulesSpec : IDisposable
{
    private const string Token = "correct-horse-battery-staple";
    private readonly string _tokenFile = Path.GetTempFileName();

    public void Dispose() => File.Delete(_tokenFile);

    [Theory(DisplayName = "What has no route is 404")]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/v1/message")]
    [InlineData("/v1/messages/a/b/c")]
    [InlineData("/v1/messages//b")]
    [InlineData("/health")]
    [InlineData("/index.html")]
    public async Task Unknown_routes(string path)
    {
        await using var node = await HttpNode.StartAsync();
        await node.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Get, path);
    }

    [Theory(DisplayName = "A route that does not take the method is 405 and tells what it takes")]
    [InlineData("PUT", "/v1/messages", "GET, POST")]
    [InlineData("DELETE", "/v1/messages", "GET, POST")]
    [InlineData("POST", "/v1/messages/a", "DELETE, GET")]
    [InlineData("POST", "/v1/messages/a/b", "GET")]
    [InlineData("DELETE", "/v1/messages/a/events", "GET")]
    [InlineData("POST", "/metrics", "GET")]
    [InlineData("POST", "/health/ready", "GET")]
    [InlineData("DELETE", "/v1/services", "GET")]
    public async Task Wrong_methods(string method, string path, string allowed)
    {
        await using var node = await HttpNode.StartAsync();
        var (response, json) = await node.SendAsync(new HttpMethod(method), path);
        HttpNode.IsProblem(HttpStatusCode.MethodNotAllowed, response, json);
        Assert.Equal(allowed.Split(", "), response.Content.Headers.Allow.Order());
    }

    [Fact(DisplayName = "A failure of the node is 500 with an id that its log has, and nothing of the failure itself")]
    public async Task Failures()
    {
        await using var node = await HttpNode.StartAsync();
        node.Messages.AnswerOther = _ => "SECRET";
        var problem = await node.ProblemAsync(HttpStatusCode.InternalServerError, HttpMethod.Get, "/v1/messages/a");
        Assert.DoesNotContain("Exception", problem.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("System", problem.ToJsonString(), StringComparison.Ordinal);
        var logged = Assert.Single(node.Log.Entries, e => e.Level >= LogLevel.Error);
        Assert.Contains(problem["id"]!.GetValue<string>(), logged.Text, StringComparison.Ordinal);
        Assert.IsType<InvalidOperationException>(logged.Error);
    }

    [Fact(DisplayName = "A body that breaks the rules of HTTP is 400")]
    public async Task Broken_body()
    {
        await using var node = await HttpNode.StartAsync();
        var answer = await node.RawAsync("POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Empty(node.Messages.Seen);
    }

    [Theory(DisplayName = "Without a token, a request for another host than this machine is refused, as of a site whose name resolves here")]
    [InlineData("evil.example", "421")]
    [InlineData("localhost.evil.example:6688", "421")]
    [InlineData("localhost:6688", "200")]
    [InlineData("LOCALHOST", "200")]
    [InlineData("127.0.0.1", "200")]
    [InlineData("[::1]:6688", "200")]
    public async Task Foreign_hosts(string host, string status)
    {
        await using var node = await HttpNode.StartAsync();
        var answer = await node.RawAsync($"GET /v1/messages/a HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "With a token set, a request without it gets 401 and nothing else")]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer wrong")]
    [InlineData("Bearer correct-horse-battery-stapl")]
    [InlineData("Bearer correct-horse-battery-staple2")]
    [InlineData("Basic correct-horse-battery-staple")]
    [InlineData("correct-horse-battery-staple")]
    public async Task Missing_or_wrong_token(string? authorization)
    {
        await using var node = await WithToken();
        foreach (var path in new[] { "/v1/services", "/v1/messages", "/v1/messages/a", "/v1/messages/a/b", "/v1/messages/a/events", "/metrics", "/V1/Services", "/v1/%73ervices", "/unknown" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (authorization is not null)
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using var response = await node.Client.SendAsync(request);
            HttpNode.IsProblem(HttpStatusCode.Unauthorized, response, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
            Assert.Equal("Bearer", Assert.Single(response.Headers.WwwAuthenticate).Scheme);
        }

        Assert.Empty(node.Messages.Seen);
        Assert.DoesNotContain(node.Log.Entries, e => e.Text.Contains("correct-horse", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "The token opens the API, and health needs none")]
    public async Task Right_token()
    {
        await using var node = await WithToken();
        var (response, _) = await node.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        (response, _) = await node.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        node.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("bEARER", Token);
        (response, _) = await node.GetAsync("/v1/messages/a");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await node.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Get, "/unknown");
        Assert.DoesNotContain(node.Log.Entries, e => e.Text.Contains("correct-horse", StringComparison.Ordinal));
    }

    [Theory(DisplayName = "A token file that holds no good token is refused at start without showing it")]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("short-secret")]
    [InlineData("two words of a secret phrase")]
    [InlineData("secret-line-number-one\nsecret-line-number-two")]
    public async Task Bad_token_file(string content)
    {
        File.WriteAllText(_tokenFile, content);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => HttpNode.StartAsync(new HttpSettings { TokenFile = _tokenFile }));
        Assert.Contains("actornode.http.token-file", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidDataException>(() => HttpNode.StartAsync(new HttpSettings { TokenFile = _tokenFile + ".missing" }));
    }

    [Fact(DisplayName = "Ready is 200 while every service is, 503 otherwise, with each service's state")]
    public async Task Ready()
    {
        await using var node = await HttpNode.StartAsync();
        var (response, json) = await node.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"status":"ready","services":[{"name":"storage","state":"ready"},{"name":"messages","state":"ready"}]}""", json.ToJsonString());
        node.Services = new ServiceReplies.Services([HttpNode.Service("storage", ServiceState.Degraded), HttpNode.Service("messages")]);
        (response, json) = await node.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("""{"status":"not ready","services":[{"name":"storage","state":"degraded"},{"name":"messages","state":"ready"}]}""", json.ToJsonString());
        (response, json) = await node.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("live", json["status"]!.GetValue<string>());
        node.Services = new ServiceReplies.Services([]);
        (response, _) = await node.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Fact(DisplayName = "A node that begins to stop is not ready at once, and still alive")]
    public async Task Stopping()
    {
        await using var node = await HttpNode.StartAsync();
        node.Lifetime.BeginStopping();
        var (response, json) = await node.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("stopping", json["status"]!.GetValue<string>());
        (response, _) = await node.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        (response, _) = await node.PostAsync("""{"a":[{"id":"1","body":""}]}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact(DisplayName = "Actors that do not answer make the node neither ready nor alive")]
    public async Task Not_responding()
    {
        await using var node = await HttpNode.StartAsync(new HttpSettings { RequestTimeout = TimeSpan.FromMilliseconds(200) });
        node.Services = null;
        foreach (var path in new[] { "/health/live", "/health/ready" })
        {
            var (response, json) = await node.GetAsync(path);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal("""{"status":"not responding","services":[]}""", json.ToJsonString());
        }

        await node.ProblemAsync(HttpStatusCode.ServiceUnavailable, HttpMethod.Get, "/v1/services");
    }

    [Fact(DisplayName = "A node whose actors have ended answers 503")]
    public async Task Actors_ended()
    {
        await using var node = await HttpNode.StartAsync(new HttpSettings { RequestTimeout = TimeSpan.FromMilliseconds(200) });
        await node.System.Terminate();
        var (response, _) = await node.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        await node.ProblemAsync(HttpStatusCode.ServiceUnavailable, HttpMethod.Get, "/v1/messages/a");
        await node.ProblemAsync(HttpStatusCode.ServiceUnavailable, HttpMethod.Get, "/v1/messages/a/events");
        (response, _) = await node.PostAsync("""{"a":[{"id":"1","body":""}]}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Fact(DisplayName = "Services are listed with their history")]
    public async Task Services()
    {
        await using var node = await HttpNode.StartAsync();
        node.Services = new ServiceReplies.Services([HttpNode.Service("messages") with { DependsOn = ["storage"], Restarts = 2, LastError = "disk full" }]);
        var (response, json) = await node.GetAsync("/v1/services");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            """{"services":[{"name":"messages","state":"ready","since":"1970-01-01T00:00:00Z","dependencies":["storage"],"restarts":2,"lastError":"disk full"}]}""",
            json.ToJsonString());
    }

    [Fact(DisplayName = "Metrics have the requests that were served")]
    public async Task Metrics()
    {
        await using var node = await HttpNode.StartAsync();
        await node.GetAsync("/v1/messages/some-account");
        using var response = await node.Client.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var text = await response.Content.ReadAsStringAsync();
        Assert.Contains("http_route=\"/v1/messages/{account}\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("some-account", text, StringComparison.Ordinal);
    }

    private Task<HttpNode> WithToken()
    {
        File.WriteAllText(_tokenFile, Token + "\n");
        return HttpNode.StartAsync(new HttpSettings { TokenFile = _tokenFile });
    }
}

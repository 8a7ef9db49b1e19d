using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorNode.Configuration;
using ActorNode.Jobs.Access;
using ActorNode.Server.Http.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ActorNode.Server.Tests.Http.Jobs;

public sealed class ApiRulesSpec
{
    [Theory(DisplayName = "Every route that wants a session answers 401 with an empty body to who has none")]
    [InlineData("GET", "/v2/config")]
    [InlineData("GET", "/v2/bridge_types")]
    [InlineData("POST", "/v2/bridge_types")]
    [InlineData("GET", "/v2/bridge_types/x")]
    [InlineData("PATCH", "/v2/bridge_types/x")]
    [InlineData("DELETE", "/v2/bridge_types/x")]
    [InlineData("POST", "/v2/external_initiators")]
    [InlineData("DELETE", "/v2/external_initiators/x")]
    [InlineData("PATCH", "/v2/user/password")]
    [InlineData("DELETE", "/sessions")]
    public async Task Needs_a_session(string method, string path)
    {
        await using var node = await JobsNode.StartAsync();
        var answer = await node.SendAsync(new HttpMethod(method), path, method == "GET" ? null : "{");
        Assert.Equal((401, ""), (answer.Status, answer.Text));
    }

    [Fact(DisplayName = "What is no route is a 404 with errors, another method a 405")]
    public async Task No_route()
    {
        await using var node = await JobsNode.StartAsync();
        foreach (var path in new[] { "/v2", "/v2/nothing", "/v2/withdrawals", "/v2/transactions", "/sessions/x" })
        {
            var answer = await node.SendAsync(HttpMethod.Get, path);
            Assert.Equal((404, "there is no such route"), (answer.Status, answer.Errors));
        }

        var method = await node.SendAsync(HttpMethod.Put, "/v2/bridge_types", "{}");
        Assert.Equal((405, "this route takes GET, POST"), (method.Status, method.Errors));
    }

    [Fact(DisplayName = "A slash at the end of a path is redirected away, with the query, and the method kept where it matters")]
    public async Task Slashes()
    {
        await using var node = await JobsNode.StartAsync();
        var get = await node.SendAsync(HttpMethod.Get, "/v2/bridge_types/?size=1");
        var post = await node.SendAsync(HttpMethod.Post, "/sessions/", "{}");
        var odd = await node.SendAsync(HttpMethod.Get, "/v2/bridge_types/a%0D%0ASet-Cookie:b%C3%BC%3F/");
        Assert.Equal(301, odd.Status);
        Assert.Equal("/v2/bridge_types/a%0D%0ASet-Cookie:b%C3%BC%3F", odd.Response.Headers.Location!.OriginalString);
        Assert.Equal((301, "/v2/bridge_types?size=1"), (get.Status, get.Response.Headers.Location!.OriginalString));
        Assert.Equal((307, "/sessions"), (post.Status, post.Response.Headers.Location!.OriginalString));
    }

    [Fact(DisplayName = "A body of the limit is read, one byte more is a 413, with a length or without, and nothing is held after it")]
    public async Task Size()
    {
        await using var node = await JobsNode.StartAsync();
        var client = await node.ClientAsync();
        const int Limit = 32 * 1024;
        var fits = Body(Limit);
        var read = await client.PostAsync("/v2/bridge_types", fits);
        var tooLong = await client.PostAsync("/v2/bridge_types", Body(Limit + 1));
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/v2/bridge_types") { Content = new StringContent(Body(Limit + 1)) };
        chunked.Headers.TransferEncodingChunked = true;
        chunked.Headers.TryAddWithoutValidation("Cookie", client.Cookie);
        var without = await node.SendAsync(chunked);

        Assert.Equal(400, read.Status);
        Assert.Equal((413, "the request body is longer than 32768 bytes (actornode.jobs.api.max-request-body)"), (tooLong.Status, tooLong.Errors));
        Assert.Equal(413, without.Status);
        Assert.Equal(0, node.Services.GetRequiredService<ApiBody>().Taken);

        static string Body(int length) => """{"name":"","url":""}""".PadRight(length);
    }

    [Theory(DisplayName = "JSON bombs, numbers beyond a double and text that is no UTF-8 are a 400 that names the rule")]
    [InlineData("depth", "JSON is deeper than 64 levels (actornode.jobs.api.max-json-depth)")]
    [InlineData("depth-broken", "JSON is deeper than 64 levels (actornode.jobs.api.max-json-depth)")]
    [InlineData("keys", "JSON has more than 4096 keys")]
    [InlineData("number", "JSON has a number at byte 6 that is beyond a double")]
    [InlineData("utf8", "invalid JSON: it is no valid UTF-8")]
    [InlineData("surrogate", "invalid JSON: a string is no valid UTF-8")]
    public async Task Bombs(string kind, string error)
    {
        await using var node = await JobsNode.StartAsync();
        var client = await node.ClientAsync();
        var body = kind switch
        {
            "depth" => Encoding.ASCII.GetBytes($"{{\"a\":{new string('[', 64)}{new string(']', 64)}}}"),
            "depth-broken" => Encoding.ASCII.GetBytes(new string('[', 30_000)),
            "keys" => Encoding.ASCII.GetBytes("{" + string.Join(',', Enumerable.Repeat("\"\":0", 4097)) + "}"),
            "number" => "{\"a\":1e999}"u8.ToArray(),
            "utf8" => [.. "{\"a\":\""u8, 0xff, .. "\"}"u8],
            _ => "{\"a\":\"\\ud800\"}"u8.ToArray(),
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/bridge_types") { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation("Cookie", client.Cookie);
        var answer = await node.SendAsync(request);
        Assert.Equal((400, error), (answer.Status, answer.Errors));
        Assert.Equal(0, (int)(await client.GetAsync("/v2/bridge_types")).Json["meta"]!["count"]!);
    }

    [Fact(DisplayName = "A client may send 1000 requests a minute, whatever they are, and then has to wait")]
    public async Task Rate()
    {
        await using var node = await JobsNode.StartAsync(settings => WithApi(settings, api => api with { RequestsPerMinute = new JobsApiSettings().RequestsPerMinute }));
        for (var i = 0; i < 1000; i++)
            Assert.Equal(i % 2 == 0 ? 404 : 401, (await node.SendAsync(HttpMethod.Get, i % 2 == 0 ? "/v2/nothing" : "/v2/config")).Status);
        node.Clock.Advance(TimeSpan.FromSeconds(59));
        var refused = await node.SendAsync(HttpMethod.Get, "/v2/config");
        var elsewhere = await node.Http.GetAsync("/v1/services");
        node.Clock.Advance(TimeSpan.FromSeconds(1));
        var later = await node.SendAsync(HttpMethod.Get, "/v2/config");

        Assert.Equal((429, "Limit exceeded", "1"), (refused.Status, refused.Errors, refused.Response.Headers.RetryAfter!.ToString()));
        Assert.Equal(HttpStatusCode.OK, elsewhere.StatusCode);
        Assert.Equal(401, later.Status);
    }

    [Fact(DisplayName = "A client may try 5 logins in 20 seconds, right or wrong, and then has to wait; sessions that are open go on")]
    public async Task Logins()
    {
        await using var node = await JobsNode.StartAsync(settings => WithApi(settings, api => api with { LoginsPerWindow = new JobsApiSettings().LoginsPerWindow }));
        var client = await node.ClientAsync();
        for (var i = 0; i < 4; i++)
            Assert.Equal(401, (await node.LogInAsync(password: $"wrong {i}")).Status);
        var refused = await node.LogInAsync();
        var slash = await node.SendAsync(HttpMethod.Post, "/Sessions", "{}");
        var open = await client.GetAsync("/v2/config");
        node.Clock.Advance(TimeSpan.FromSeconds(20));
        var later = await node.LogInAsync();

        Assert.Equal((429, "20"), (refused.Status, refused.Response.Headers.RetryAfter!.ToString()));
        Assert.Equal((429, 200, 200), (slash.Status, open.Status, later.Status));
    }

    [Fact(DisplayName = "Web pages of allowed origins may use the API with the cookie; others may not change anything")]
    public async Task Origins()
    {
        await using var node = await JobsNode.StartAsync();
        var client = await node.ClientAsync();
        Task<ApiAnswer> FromAsync(HttpMethod method, string origin, params (string, string)[] more) =>
            node.SendAsync(method, "/v2/bridge_types", method == HttpMethod.Post ? "{}" : null, client.Cookie, [("Origin", origin), .. more]);

        var asked = await FromAsync(HttpMethod.Options, "http://localhost:3000", ("Access-Control-Request-Method", "PATCH"));
        var allowed = await FromAsync(HttpMethod.Post, "http://localhost:3000");
        var own = await FromAsync(HttpMethod.Post, node.Address.GetLeftPart(UriPartial.Authority));
        var askedByOther = await FromAsync(HttpMethod.Options, "http://evil.example", ("Access-Control-Request-Method", "PATCH"));
        var other = await FromAsync(HttpMethod.Post, "http://evil.example");
        var read = await FromAsync(HttpMethod.Get, "http://evil.example");
        var unknown = await FromAsync(HttpMethod.Post, "null");

        Assert.Equal(204, asked.Status);
        Assert.Equal("http://localhost:3000", Header(asked, "Access-Control-Allow-Origin"));
        Assert.Equal("true", Header(asked, "Access-Control-Allow-Credentials"));
        Assert.Equal("GET, POST, PATCH, DELETE", Header(asked, "Access-Control-Allow-Methods"));
        Assert.Equal((400, "http://localhost:3000"), (allowed.Status, Header(allowed, "Access-Control-Allow-Origin")));
        Assert.Equal(400, own.Status);
        Assert.Equal((403, 403, 403), (askedByOther.Status, other.Status, unknown.Status));
        Assert.Equal((200, ""), (read.Status, Header(read, "Access-Control-Allow-Origin")));

        static string Header(ApiAnswer answer, string name) => answer.Response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : "";
    }

    [Theory(DisplayName = "Pages that are none are a 422 that says why")]
    [InlineData("size=0", "invalid size param, error: must be greater than 0")]
    [InlineData("size=-1", "invalid size param, error: must be greater than 0")]
    [InlineData("size=x", "invalid size param, error: is no whole number")]
    [InlineData("size=", "invalid size param, error: is no whole number")]
    [InlineData("size=1001", "invalid size param, error: must be at most 1000")]
    [InlineData("size=1&size=2", "invalid size param, error: is given more than once")]
    [InlineData("page=0", "invalid page param, error: must be greater than 0")]
    [InlineData("page=1.5", "invalid page param, error: is no whole number")]
    [InlineData("page=99999999999", "invalid page param, error: must be at most 2147483647")]
    [InlineData("page=999999999999999999999", "invalid page param, error: is no whole number")]
    [InlineData("sort=name", "invalid sort param, error: must be createdAt or -createdAt")]
    public async Task Pages(string query, string error)
    {
        await using var node = await JobsNode.StartAsync();
        var answer = await (await node.ClientAsync()).GetAsync($"/v2/bridge_types?{query}");
        Assert.Equal((422, error), (answer.Status, answer.Errors));
    }

    [Fact(DisplayName = "Requests that break HTTP or abuse headers are refused by it, and the node answers on")]
    public async Task Abuse()
    {
        await using var node = await JobsNode.StartAsync();
        foreach (var (request, status) in new[]
        {
            ($"GET /v2/config HTTP/1.1\r\nHost: localhost\r\nCookie: {new string('x', 40_000)}\r\n\r\n", "431"),
            ("GET /v2/config HTTP/1.1\r\nHost: localhost\r\n" + string.Concat(Enumerable.Repeat("X-A: b\r\n", 200)) + "\r\n", "431"),
            ("POST /sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", "400"),
            ("POST /sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "400"),
            ("GET /v2/config HTTP/1.1\r\n\r\n", "400"),
        })
        {
            Assert.StartsWith($"HTTP/1.1 {status} ", await RawAsync(node, request));
        }

        var token = await node.SendAsync(HttpMethod.Get, "/v2/config", null, null, ("X-Chainlink-EA-AccessKey", new string('a', 8000)), ("X-Chainlink-EA-Secret", "x"));
        Assert.Equal(401, token.Status);
    }

    private static NodeSettings WithApi(NodeSettings settings, Func<JobsApiSettings, JobsApiSettings> change) =>
        settings with { Jobs = settings.Jobs with { Api = change(settings.Jobs.Api) } };

    /// <summary>The first bytes of the answer to bytes that no client would send.</summary>
    private static async Task<string> RawAsync(JobsNode node, string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, node.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var buffer = new byte[64];
        var read = await stream.ReadAtLeastAsync(buffer, 13, throwOnEndOfStream: false, patience.Token);
        return Encoding.ASCII.GetString(buffer, 0, read);
    }
}

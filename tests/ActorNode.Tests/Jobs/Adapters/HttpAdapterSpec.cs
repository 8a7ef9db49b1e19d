using System.Text.Json;
using ActorNode.Jobs;
using ActorNode.Jobs.Adapters;
using ActorNode.Jobs.Adapters.Http;
using ActorNode.Protocol.Jobs;
using Xunit;

namespace ActorNode.Tests.Jobs.Adapters;

public sealed class HttpAdapterSpec : IDisposable
{
    private readonly HttpCalls _calls = new(new JobsHttpSettings { AllowPrivate = true });

    public void Dispose() => _calls.Dispose();

    [Theory(DisplayName = "The body of the answer is the result, as a string, whatever it is")]
    [InlineData("{\"last\":1.5}")]
    [InlineData("<html>é 😀</html>")]
    [InlineData("")]
    public async Task Takes_the_body(string body)
    {
        await using var server = await LocalServer.StartAsync(body);

        var outcome = await PerformAsync("httpget", new { get = server.Url }, "{\"a\":1,\"result\":\"old\"}");

        Assert.Equal(RunStatus.Completed, outcome.Status);
        Assert.Equal(JobData.Parse("{\"a\":1}").WithResult(body), outcome.Data);
        var request = Assert.Single(server.Requests);
        Assert.Equal(("GET", "/", ""), (request.Method, request.Target, request.Body));
        Assert.False(request.Headers.ContainsKey("Content-Type"));
        Assert.False(request.Headers.ContainsKey("Accept-Encoding"));
        Assert.False(request.Headers.ContainsKey("traceparent"));
    }

    [Fact(DisplayName = "Bytes that are no UTF-8 become replacement characters; a compressed answer is not unpacked")]
    public async Task Takes_bytes()
    {
        await using var server = await LocalServer.StartAsync(context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return context.Response.Body.WriteAsync(new byte[] { 0x61, 0xff, 0x62 }).AsTask();
        });

        Assert.Equal("a\uFFFDb", (await PerformAsync("httpget", new { url = server.Url })).Data.Result.GetString());
    }

    [Fact(DisplayName = "A post sends all the data of the task as JSON")]
    public async Task Posts()
    {
        await using var server = await LocalServer.StartAsync("ok");

        var outcome = await PerformAsync(
            "httppost", new { post = server.Url + "/in", headers = new { Content_Type = new[] { "text/plain" } } }, "{\"z\":1e2,\"result\":\"inputVal\"}", "Content_Type", "Content-Type");

        Assert.Equal("ok", outcome.Data.Result.GetString());
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/in", "{\"result\":\"inputVal\",\"z\":100}"), (request.Method, request.Target, request.Body));
        Assert.Equal("application/json", request.Headers["Content-Type"]);
    }

    [Fact(DisplayName = "The key of the verb counts before url, unless it is empty")]
    public async Task Verb_key_wins()
    {
        await using var server = await LocalServer.StartAsync("ok");

        await PerformAsync("httpget", new { get = server.Url + "/get", url = server.Url + "/url" });
        await PerformAsync("httpget", new { get = "", url = server.Url + "/url" });
        await PerformAsync("httpget", new { url = server.Url + "/url", post = server.Url + "/post" });
        await PerformAsync("httppost", new { url = server.Url + "/url", post = server.Url + "/post", get = server.Url + "/get" });

        Assert.Equal(["/get", "/url", "/url", "/post"], server.Requests.Select(request => request.Target));
    }

    [Theory(DisplayName = "Paths and queries reach the server as those of the original do")]
    [InlineData("/api/ticker/", "{}", "/api/ticker")]
    [InlineData("", "{}", "/")]
    [InlineData("?a=1", "{}", "/?a=1")]
    [InlineData("//a//b/../c/./d", "{}", "/a/c/d")]
    [InlineData("/../..", "{}", "/")]
    [InlineData("/a%2Fb", "{}", "/a%2Fb")]
    [InlineData("/a%2fb/", "{}", "/a/b")]
    [InlineData("/sp ace/é", "{}", "/sp%20ace/%C3%A9")]
    [InlineData("/a#fragment", "{}", "/a")]
    [InlineData("/a(b)!*'", "{}", "/a(b)!*'")]
    [InlineData("/v1", """{"extPath":"data/price"}""", "/v1/data/price")]
    [InlineData("/v1/", """{"extPath":"/data//price/"}""", "/v1/data/price")]
    [InlineData("/v1", """{"extPath":["data","../x","y z?"]}""", "/v1/x/y%20z%3F")]
    [InlineData("", """{"extPath":["a"]}""", "/a")]
    [InlineData("/p", """{"queryParams":"?k1=v1&k0=v0"}""", "/p?k0=v0&k1=v1")]
    [InlineData("/p", """{"queryParams":["k1","v 1&","k0","é"]}""", "/p?k0=%C3%A9&k1=v+1%26")]
    [InlineData("/p?k0=old&x", """{"queryParams":["k0","new","k2","a","k2","b"]}""", "/p?k0=old&k2=a&x=")]
    [InlineData("/p?b=2&a=%20+1;c=3&b=1", "{}", "/p?a=++1&b=2&b=1&c=3")]
    [InlineData("/p?a=%zz&b=1", "{}", "/p?b=1")]
    [InlineData("/p", """{"queryParams":""}""", "/p")]
    [InlineData("/p", """{"queryParams":[]}""", "/p")]
    [InlineData("/p", """{"queryParams":null,"extPath":null,"headers":null}""", "/p")]
    public async Task Builds_targets(string url, string parameters, string expected)
    {
        await using var server = await LocalServer.StartAsync("ok");

        await PerformAsync(Create("httpget", JobData.Parse(parameters).With("get", server.Url + url)), "{}");

        Assert.Equal(expected, Assert.Single(server.Requests).Target);
    }

    [Fact(DisplayName = "Headers are sent, several values of one too; a user of the address becomes its credentials")]
    public async Task Sends_headers()
    {
        await using var server = await LocalServer.StartAsync("ok");
        var parameters = JobData.Parse($$$"""
            {"get":"http://us%40er:pass@127.0.0.1:{{{server.Port}}}/",
             "headers":{"Key1":["value"],"Key2":["v1","v2"],"User-Agent":["me"],"Accept-Language":["dé"],"Content-Type":["text/x"]}}
            """);

        await PerformAsync(Create("httpget", parameters), "{}");

        var headers = Assert.Single(server.Requests).Headers;
        Assert.Equal(
            ("value", "v1, v2", "me", "dé", "text/x", "Basic " + Convert.ToBase64String("us@er:pass"u8)),
            (headers["Key1"], headers["Key2"].Replace("v1,v2", "v1, v2", StringComparison.Ordinal), headers["User-Agent"], headers["Accept-Language"], headers["Content-Type"], headers["Authorization"]));
    }

    [Theory(DisplayName = "An answer of 400 or more fails the task with its body")]
    [InlineData(400, "bad request", "bad request")]
    [InlineData(404, "{\"error\":\"none\"}", "{\"error\":\"none\"}")]
    [InlineData(500, "big error", "big error")]
    [InlineData(503, "", "HTTP status 503")]
    public async Task Fails_by_status(int status, string body, string error)
    {
        await using var server = await LocalServer.StartAsync(body, status);

        Assert.Equal(error, await ErrorAsync("httpget", new { get = server.Url }));
    }

    [Theory(DisplayName = "Parameters that break a rule fail where the job is checked, with the rule and no secret")]
    [InlineData("""{"get":"NotAURL"}""", "parse NotAURL: invalid URI for request")]
    [InlineData("""{"get":"/path"}""", "parse /path: invalid URI for request")]
    [InlineData("""{"get":"http://"}""", "parse http://: invalid URI for request")]
    [InlineData("""{"get":"http://a b/"}""", "parse http://a b/: invalid URI for request")]
    [InlineData("""{"get":"http://a/\r\nX: y"}""", "parse http://a/??X: y: invalid URI for request")]
    [InlineData("""{"get":"http://a:99999/?key=secret"}""", "parse http://a:99999/...: invalid URI for request")]
    [InlineData("""{"get":"http://user:secret@a:x/"}""", "parse http://...: invalid URI for request")]
    [InlineData("""{"get":"user:secret@a"}""", "parse ...: invalid URI for request")]
    [InlineData("""{"get":"http://a/%zz"}""", "invalid URL escape in the path")]
    [InlineData("""{"get":"ftp://a/"}""", "ftp: unsupported protocol scheme, only http and https are")]
    [InlineData("""{"get":"file:///etc/passwd"}""", "file: unsupported protocol scheme, only http and https are")]
    [InlineData("""{"get":5}""", "get: expected a string")]
    [InlineData("""{"get":"http://a/","url":"NotAURL"}""", "parse NotAURL: invalid URI for request")]
    [InlineData("""{"url":"http://a/","headers":[]}""", "headers: expected an object of names and arrays of strings")]
    [InlineData("""{"url":"http://a/","headers":{"A":"secret"}}""", "headers.A: expected an array of strings")]
    [InlineData("""{"url":"http://a/","headers":{"A":[1]}}""", "headers.A: expected an array of strings")]
    [InlineData("""{"url":"http://a/","headers":{"A":["x\r\nsecret: y"]}}""", "headers.A: a value holds a control character")]
    [InlineData("""{"url":"http://a/","headers":{"A":["x\u0000"]}}""", "headers.A: a value holds a control character")]
    [InlineData("""{"url":"http://a/","headers":{"A\r\nB":["x"]}}""", "headers: a name is no token of HTTP")]
    [InlineData("""{"url":"http://a/","headers":{"":["x"]}}""", "headers: a name is no token of HTTP")]
    [InlineData("""{"url":"http://a/","headers":{"host":["x"]}}""", "headers: host is set by the node")]
    [InlineData("""{"url":"http://a/","headers":{"Transfer-Encoding":["chunked"]}}""", "headers: Transfer-Encoding is set by the node")]
    [InlineData("""{"url":"http://a/","queryParams":"a=b=c"}""", "unable to build query parameters: 3 keys and values, which are no pairs")]
    [InlineData("""{"url":"http://a/","queryParams":["a"]}""", "unable to build query parameters: 1 keys and values, which are no pairs")]
    [InlineData("""{"url":"http://a/","queryParams":{}}""", "queryParams: expected a string or an array of strings")]
    [InlineData("""{"url":"http://a/","queryParams":[1,2]}""", "queryParams: expected a string or an array of strings")]
    [InlineData("""{"url":"http://a/","extPath":{}}""", "extPath: expected a string or an array of strings")]
    public void Refuses(string parameters, string error)
    {
        Assert.Equal(error, Assert.Throws<AdapterException>(() => Create("httpget", JobData.Parse(parameters))).Message);
        Assert.Equal(
            error.Replace("get: ", "post: ", StringComparison.Ordinal),
            Assert.Throws<AdapterException>(() => Create("httppost", JobData.Parse(parameters.Replace("\"get\"", "\"post\"", StringComparison.Ordinal)))).Message);
    }

    [Fact(DisplayName = "A job may leave the address to its run; a run that has none fails")]
    public async Task Needs_an_address_in_the_end() =>
        Assert.Equal("no address: the parameter get or url names one", await ErrorAsync("httpget", new { headers = new { } }));

    private IAdapter Create(string type, JobData parameters) =>
        CoreAdapters.All(new JobsSettings(), _calls, TimeProvider.System).Single(kind => kind.Name == type).Create(parameters);

    private Task<TaskOutcome> PerformAsync(string type, object parameters, string data = "{}", string name = "_", string becomes = "_") =>
        PerformAsync(Create(type, JobData.Parse(JsonSerializer.Serialize(parameters).Replace($"\"{name}\"", $"\"{becomes}\"", StringComparison.Ordinal))), data);

    private static async Task<TaskOutcome> PerformAsync(IAdapter adapter, string data) => await adapter.PerformAsync(Tasks.Input(data), default);

    private async Task<string> ErrorAsync(string type, object parameters) =>
        (await Assert.ThrowsAsync<AdapterException>(() => PerformAsync(type, parameters))).Message;
}

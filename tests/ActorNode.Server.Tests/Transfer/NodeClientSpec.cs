using System.Net;
using System.Net.Http.Headers;
using ActorNode.Server.Tests.Support;
using ActorNode.Server.Transfer;
using Xunit;

namespace ActorNode.Server.Tests.Transfer;

public sealed class NodeClientSpec
{
    private readonly SkippingTime _time = new();

    [Fact(DisplayName = "Repeats wait longer each time, up to a cap")]
    public async Task Backs_off()
    {
        await SendAsync([.. Enumerable.Repeat(Answer(503), 8), Answer(200)]);

        Assert.Equal([100, 200, 400, 800, 1600, 3200, 5000, 5000], Waits());
    }

    [Fact(DisplayName = "A wait that the node asks for is kept where it is longer, but no longer than a minute")]
    public async Task Retry_after()
    {
        await SendAsync([Answer(429, seconds: 3), Answer(429, seconds: 0), Answer(503, seconds: 3_600), Answer(200)]);

        Assert.Equal([3_000, 200, 60_000], Waits());
    }

    [Fact(DisplayName = "A date to come back at is honoured too")]
    public async Task Retry_after_date()
    {
        await SendAsync([
            () => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { Headers = { RetryAfter = new RetryConditionHeaderValue(_time.GetUtcNow().AddSeconds(20)) } },
            Answer(200),
        ]);

        Assert.Equal([20_000], Waits());
    }

    [Fact(DisplayName = "A node that never answers usefully is given up on, with its last words")]
    public async Task Gives_up()
    {
        var failure = await Assert.ThrowsAsync<NodeClientException>(() => SendAsync([.. Enumerable.Repeat(Answer(503), 1_000)]));

        Assert.Equal("the node answered 503: told to fail; gave up after 300 s without success", failure.Message);
        Assert.InRange(Waits().Sum(), 295_000, 300_000);
    }

    [Theory(DisplayName = "What went wrong is taken from the problem document, or from the start of whatever came")]
    [InlineData("""{"title":"Bad","detail":"line 3: id is missing"}""", "line 3: id is missing")]
    [InlineData("""{"title":"Bad"}""", "Bad")]
    [InlineData("[1]", "[1]")]
    [InlineData("<html>\n502</html>", "<html> 502</html>")]
    [InlineData("", "no details")]
    public void Details(string body, string detail) => Assert.Equal(detail, NodeClient.DetailOf(System.Text.Encoding.UTF8.GetBytes(body)));

    private static Func<HttpResponseMessage> Answer(int status, int? seconds = null) => () =>
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent("""{"detail":"told to fail"}""") };
        if (seconds is { } wait)
            response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(wait));
        return response;
    };

    private IEnumerable<double> Waits() => _time.Waits.Select(w => w.TotalMilliseconds);

    private async Task SendAsync(Func<HttpResponseMessage>[] answers)
    {
        using var client = new NodeClient(new ClientOptions(new Uri("http://node")), _time, new Script(answers));
        var response = await client.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, "/"), default);
        Assert.Equal(HttpStatusCode.OK, response.Status);
    }

    private sealed class Script(Func<HttpResponseMessage>[] answers) : HttpMessageHandler
    {
        private int _next;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(answers[_next++]());
    }
}

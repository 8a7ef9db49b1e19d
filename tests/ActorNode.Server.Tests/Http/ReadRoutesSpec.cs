using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ActorNode.Configuration;
using ActorNode.Messages;
using ActorNode.Protocol.Messages;
using Xunit;

namespace ActorNode.Server.Tests.Http;

public sealed class ReadRoutesSpec
{
    [Fact(DisplayName = "Pages of an account follow each other without a hole to the end")]
    public async Task Pages()
    {
        await using var node = await WithMessages(120);
        var (response, json) = await node.GetAsync("/v1/messages/a");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("""{"sequence":1,"id":"m1","body":"AQ==","receivedAt":"1970-01-01T00:00:01Z"}""", json["messages"]![0]!.ToJsonString());
        Assert.Equal(50, json["messages"]!.AsArray().Count);
        var seen = new List<long>();
        JsonNode? next = 0;
        while (next is not null)
        {
            (_, json) = await node.GetAsync($"/v1/messages/a?after={next}&limit=49");
            seen.AddRange(json["messages"]!.AsArray().Select(m => m!["sequence"]!.GetValue<long>()));
            next = json["next"];
        }

        Assert.Equal(Enumerable.Range(1, 120).Select(i => (long)i), seen);
    }

    [Fact(DisplayName = "A page may start after an id; an id that is not there is 404")]
    public async Task After_id()
    {
        await using var node = await WithMessages(5);
        var (_, json) = await node.GetAsync("/v1/messages/a?afterId=m3&limit=1");
        Assert.Equal(4, json["next"]!.GetValue<int>());
        var problem = await node.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Get, "/v1/messages/a?afterId=m9");
        Assert.Equal("a", problem["account"]!.GetValue<string>());
    }

    [Fact(DisplayName = "An account that was never written to is an empty page")]
    public async Task Unknown_account()
    {
        await using var node = await HttpNode.StartAsync();
        var (response, json) = await node.GetAsync("/v1/messages/nobody");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"messages":[],"next":null}""", json.ToJsonString());
    }

    [Fact(DisplayName = "Before the retained range is 410 with the first sequence still there")]
    public async Task Gone()
    {
        await using var node = await WithMessages(5);
        node.Messages.Remove("a", 3);
        var problem = await node.ProblemAsync(HttpStatusCode.Gone, HttpMethod.Get, "/v1/messages/a?after=1");
        Assert.Equal(4, problem["first"]!.GetValue<int>());
        var (_, json) = await node.GetAsync("/v1/messages/a?after=3");
        Assert.Equal(2, json["messages"]!.AsArray().Count);
    }

    [Theory(DisplayName = "A parameter that breaks a rule is 400 and named")]
    [InlineData("/v1/messages/a?limit=0", "limit")]
    [InlineData("/v1/messages/a?limit=1001", "limit")]
    [InlineData("/v1/messages/a?limit=-1", "limit")]
    [InlineData("/v1/messages/a?limit=", "limit")]
    [InlineData("/v1/messages/a?limit=1.0", "limit")]
    [InlineData("/v1/messages/a?limit=99999999999999999999", "limit")]
    [InlineData("/v1/messages/a?after=-1", "after")]
    [InlineData("/v1/messages/a?after=x", "after")]
    [InlineData("/v1/messages/a?after=", "after")]
    [InlineData("/v1/messages/a?after=%2B1", "after")]
    [InlineData("/v1/messages/a?after=9223372036854775808", "after")]
    [InlineData("/v1/messages/a?after=1&after=2", "after")]
    [InlineData("/v1/messages/a?after=1&afterId=m1", "afterId")]
    [InlineData("/v1/messages/a?afterId=", "afterId")]
    [InlineData("/v1/messages/a?After=1", "'After'")]
    [InlineData("/v1/messages/a?offset=1", "'offset'")]
    [InlineData("/v1/messages/a/m1?limit=1", "'limit'")]
    [InlineData("/v1/messages?after=%07", "after")]
    [InlineData("/v1/messages?limit=1001", "limit")]
    [InlineData("/v1/messages/a%0Ab", "account")]
    [InlineData("/v1/messages/a%C3%28", "account")]
    [InlineData("/v1/messages/a%2", "account")]
    [InlineData("/v1/messages/a/m%ED%A0%80", "id")]
    [InlineData("/v1/messages/a/events?after=-1", "after")]
    [InlineData("/v1/messages/a/events?limit=1", "'limit'")]
    [InlineData("/v1/services?all=1", "'all'")]
    public async Task Bad_parameters(string path, string field)
    {
        await using var node = await WithMessages(1);
        // As typed: the client's own class for addresses would repair some of them.
        var answer = await node.RawTargetAsync($"GET {path}");
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Equal(field, JsonNode.Parse(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..])!["field"]!.GetValue<string>());
    }

    [Fact(DisplayName = "An id longer than 256 bytes in the path is refused")]
    public async Task Long_account()
    {
        await using var node = await HttpNode.StartAsync();
        var problem = await node.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Get, $"/v1/messages/{new string('x', 257)}");
        Assert.Equal("account is longer than 256 bytes", problem["detail"]!.GetValue<string>());
    }

    [Theory(DisplayName = "Every account and id is found under its percent-encoded name, whatever is in it")]
    [InlineData("a/b")]
    [InlineData("a%2Fb")]
    [InlineData("%")]
    [InlineData("a+b c")]
    [InlineData("ä🙂")]
    [InlineData("events")]
    [InlineData("EVENTS")]
    [InlineData("?#&=;:@")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("\\")]
    public async Task Encoded_names(string name)
    {
        await using var node = await HttpNode.StartAsync();
        node.Messages.Append(name, (name, [7]), ("2", [8]));
        var encoded = string.Concat(Encoding.UTF8.GetBytes(name).Select(b => $"%{b:X2}"));
        Assert.Contains("\"sequence\":2", await node.RawTargetAsync($"GET /v1/messages/{encoded}?after=1"), StringComparison.Ordinal);
        Assert.Contains("\"sequence\":1", await node.RawTargetAsync($"GET /v1/messages/{encoded}/{encoded}"), StringComparison.Ordinal);
        Assert.Contains("\"removed\":1", await node.RawTargetAsync($"DELETE /v1/messages/{encoded}?upTo=1"), StringComparison.Ordinal);
        Assert.Contains("\"sequence\":2", await node.RawTargetAsync($"GET http://localhost/v1/messages/{encoded}?after=1"), StringComparison.Ordinal);
        var queries = node.Messages.Seen.OfType<IWithAccountId>().ToList();
        Assert.All(queries, q => Assert.Equal(name, q.AccountId.Value));
    }

    [Fact(DisplayName = "An id that differs from the events route by case only is an id")]
    public async Task Events_by_case()
    {
        await using var node = await HttpNode.StartAsync();
        node.Messages.Append("a", ("Events", [7]));
        var (_, json) = await node.GetAsync("/v1/messages/a/Events");
        Assert.Equal("Events", json["id"]!.GetValue<string>());
    }

    [Fact(DisplayName = "One message is found by its id, or 404")]
    public async Task By_id()
    {
        await using var node = await WithMessages(2);
        var (_, json) = await node.GetAsync("/v1/messages/a/m2");
        Assert.Equal("""{"sequence":2,"id":"m2","body":"Ag==","receivedAt":"1970-01-01T00:00:02Z"}""", json.ToJsonString());
        await node.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Get, "/v1/messages/a/m3");
    }

    [Fact(DisplayName = "Accounts are listed by pages with what they hold")]
    public async Task Accounts()
    {
        await using var node = await HttpNode.StartAsync();
        foreach (var account in new[] { "c", "a", "b\"" })
            node.Messages.Append(account, ("1", []), ("2", []));
        node.Messages.Remove("a", 1);
        var (_, json) = await node.GetAsync("/v1/messages?limit=2");
        Assert.Equal("""{"accounts":[{"account":"a","first":2,"last":2},{"account":"b\u0022","first":1,"last":2}],"next":"b\u0022"}""", json.ToJsonString());
        (_, json) = await node.GetAsync("/v1/messages?limit=2&after=b%22");
        Assert.Equal("c", json["next"]!.GetValue<string>());
        (_, json) = await node.GetAsync("/v1/messages?after=c");
        Assert.Equal("""{"accounts":[],"next":null}""", json.ToJsonString());
    }

    [Fact(DisplayName = "A reader that fails or does not answer is 503; what it calls invalid is 400")]
    public async Task Failing_reader()
    {
        await using var node = await HttpNode.StartAsync(new HttpSettings { RequestTimeout = TimeSpan.FromSeconds(3) });
        node.Messages.AnswerOther = _ => new MessageReplies.QueryFailed("the database is gone", Invalid: false);
        var problem = await node.ProblemAsync(HttpStatusCode.ServiceUnavailable, HttpMethod.Get, "/v1/messages/a");
        Assert.DoesNotContain("database", problem.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains(node.Log.Entries, e => e.Text.Contains("the database is gone", StringComparison.Ordinal));
        node.Messages.AnswerOther = _ => new MessageReplies.QueryFailed("limit is odd", Invalid: true);
        await node.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "/v1/messages");
        node.Messages.AnswerOther = _ => StandInMessages.Silence;
        await node.ProblemAsync(HttpStatusCode.ServiceUnavailable, HttpMethod.Get, "/v1/messages/a/1");
    }

    [Fact(DisplayName = "A page far larger than any buffer arrives whole")]
    public async Task Large_page()
    {
        await using var node = await HttpNode.StartAsync(messages: new MessagesSettings());
        var body = new byte[100_000];
        new Random(1).NextBytes(body);
        node.Messages.Append("a", [.. Enumerable.Range(0, 100).Select(i => ($"{i}", body))]);
        var (_, json) = await node.GetAsync("/v1/messages/a?limit=1000");
        Assert.Equal(100, json["messages"]!.AsArray().Count);
        Assert.All(json["messages"]!.AsArray(), m => Assert.Equal(body, Convert.FromBase64String(m!["body"]!.GetValue<string>())));
    }

    [Fact(DisplayName = "Removal answers what the account holds afterwards, and needs its bound")]
    public async Task Remove()
    {
        await using var node = await WithMessages(5);
        var (_, json) = await node.SendAsync(HttpMethod.Delete, "/v1/messages/a?upTo=2");
        Assert.Equal("""{"first":3,"last":5,"removed":2}""", json.ToJsonString());
        foreach (var query in new[] { "", "?upTo=", "?upTo=-1", "?upTo=all", "?upto=3" })
            await node.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Delete, $"/v1/messages/a{query}");
        (_, json) = await node.GetAsync("/v1/messages/a?after=2");
        Assert.Equal(3, json["messages"]!.AsArray().Count);
    }

    [Fact(DisplayName = "Removal that is refused tells why and when to come back")]
    public async Task Remove_refused()
    {
        await using var node = await HttpNode.StartAsync(new HttpSettings { RequestTimeout = TimeSpan.FromSeconds(3) });
        var account = new AccountId("a");
        node.Messages.AnswerOther = _ => new MessageReplies.Nack(account, NackReason.Degraded, "disk full", TimeSpan.FromSeconds(3));
        var (response, json) = await node.SendAsync(HttpMethod.Delete, "/v1/messages/a?upTo=1");
        HttpNode.IsProblem(HttpStatusCode.ServiceUnavailable, response, json);
        Assert.Equal("3", response.Headers.RetryAfter?.ToString());
        node.Messages.AnswerOther = _ => new MessageReplies.Busy(account, TimeSpan.FromSeconds(1));
        await node.ProblemAsync(HttpStatusCode.TooManyRequests, HttpMethod.Delete, "/v1/messages/a?upTo=1");
        node.Messages.AnswerOther = _ => new MessageReplies.Nack(account, NackReason.Invalid, "no");
        await node.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Delete, "/v1/messages/a?upTo=1");
        node.Messages.AnswerOther = _ => StandInMessages.Silence;
        await node.ProblemAsync(HttpStatusCode.ServiceUnavailable, HttpMethod.Delete, "/v1/messages/a?upTo=1");
    }

    private static async Task<HttpNode> WithMessages(int count)
    {
        var node = await HttpNode.StartAsync();
        node.Messages.Append("a", [.. Enumerable.Range(1, count).Select(i => ($"m{i}", ImmutableArray.Create((byte)i).ToArray()))]);
        return node;
    }
}

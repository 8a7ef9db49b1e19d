using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using ActorNode.Configuration;
using ActorNode.Messages;
using ActorNode.Protocol.Messages;
using Xunit;
using static ActorNode.Protocol.Messages.MessageReplies;

namespace ActorNode.Server.Tests.Http;

public sealed class WriteRouteSpec
{
    private const string TwoAccounts = """{"a":[{"id":"1","body":"AQ=="},{"id":"2","body":""}],"b/%2F":[{"id":"1","body":"AgM="}]}""";

    [Fact(DisplayName = "Messages of several accounts are answered account by account once they are stored")]
    public async Task Stores()
    {
        await using var node = await HttpNode.StartAsync();
        var (response, json) = await node.PostAsync(TwoAccounts);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("""{"a":{"first":1,"last":2,"written":2,"duplicates":0},"b/%2F":{"first":1,"last":1,"written":1,"duplicates":0}}""", json.ToJsonString());
        (_, json) = await node.PostAsync("""{"a":[{"id":"2","body":"CQ=="},{"id":"3","body":"Aw=="}]}""");
        Assert.Equal("""{"a":{"first":2,"last":3,"written":1,"duplicates":1}}""", json.ToJsonString());
    }

    [Theory(DisplayName = "Lines are taken as well, and the media type may have a charset and any case")]
    [InlineData("application/x-ndjson")]
    [InlineData("APPLICATION/X-NDJSON; charset=UTF-8")]
    public async Task Stores_lines(string contentType)
    {
        await using var node = await HttpNode.StartAsync();
        var (response, json) = await node.PostAsync("{\"account\":\"a\",\"id\":\"1\",\"body\":\"\"}\n{\"account\":\"a\",\"id\":\"2\",\"body\":\"\"}\n", contentType);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"a":{"first":1,"last":2,"written":2,"duplicates":0}}""", json.ToJsonString());
    }

    [Fact(DisplayName = "One malformed line refuses the whole request and nothing is sent")]
    public async Task Malformed_line()
    {
        await using var node = await HttpNode.StartAsync();
        var problem = await node.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/v1/messages", HttpNode.Content(
            "{\"account\":\"a\",\"id\":\"1\",\"body\":\"\"}\n{\"account\":\"a\",\"id\":\"\",\"body\":\"\"}\n", "application/x-ndjson"));
        Assert.Equal("line 2: id is empty", problem["detail"]!.GetValue<string>());
        Assert.Equal("id", problem["field"]!.GetValue<string>());
        Assert.Equal(2, problem["line"]!.GetValue<int>());
        Assert.Empty(node.Messages.Seen);
    }

    [Theory(DisplayName = "Other media types are refused with what is taken")]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("")]
    [InlineData("nonsense")]
    public async Task Media_types(string contentType)
    {
        await using var node = await HttpNode.StartAsync();
        var problem = await node.ProblemAsync(HttpStatusCode.UnsupportedMediaType, HttpMethod.Post, "/v1/messages", HttpNode.Content(TwoAccounts, contentType));
        Assert.Contains("application/x-ndjson", problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty(node.Messages.Seen);
    }

    [Fact(DisplayName = "A compressed body is refused by name")]
    public async Task Compressed()
    {
        await using var node = await HttpNode.StartAsync();
        var content = HttpNode.Content(TwoAccounts, "application/json");
        content.Headers.ContentEncoding.Add("gzip");
        var problem = await node.ProblemAsync(HttpStatusCode.UnsupportedMediaType, HttpMethod.Post, "/v1/messages", content);
        Assert.StartsWith("Content-Encoding", problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "A body over the limit is refused, whether its length is announced or not")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Too_long(bool chunked)
    {
        await using var node = await HttpNode.StartAsync(new HttpSettings { MaxRequestBody = 2_000 });
        var fits = Padded(2_000);
        var (response, _) = await node.SendAsync(HttpMethod.Post, "/v1/messages", Body(fits));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var problem = await node.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, HttpMethod.Post, "/v1/messages", Body(Padded(2_001)));
        Assert.Contains("longer than 2000 bytes", problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Single(node.Messages.Seen);

        HttpContent Body(string text)
        {
            if (!chunked)
                return HttpNode.Content(text, "application/json");
            var content = new StreamContent(new Unseekable(Encoding.UTF8.GetBytes(text)));
            content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
            return content;
        }
    }

    [Fact(DisplayName = "An announced length over the limit is refused before the body is sent")]
    public async Task Announced_too_long()
    {
        await using var node = await HttpNode.StartAsync(new HttpSettings { MaxRequestBody = 1_024 });
        var answer = await node.RawAsync("POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 1000000000000\r\nExpect: 100-continue\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "More messages or bytes than one account may get name the account, and nothing is stored")]
    public async Task Batch_limits()
    {
        await using var node = await HttpNode.StartAsync(messages: new MessagesSettings { MaxBatchMessages = 1, MaxBodyBytes = 2 });
        var problem = await node.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, HttpMethod.Post, "/v1/messages", HttpNode.Content(TwoAccounts, "application/json"));
        Assert.Equal("a", problem["account"]!.GetValue<string>());
        problem = await node.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, HttpMethod.Post, "/v1/messages",
            HttpNode.Content("{\"a\":[{\"id\":\"1\",\"body\":\"AQID\"}]}", "application/json"));
        Assert.Equal("line 1: body is longer than 2 bytes", problem["detail"]!.GetValue<string>());
        Assert.Empty(node.Messages.Seen);
    }

    [Fact(DisplayName = "Where some accounts refuse, the answer is 207 and tells each one's reason")]
    public async Task Mixed()
    {
        await using var node = await HttpNode.StartAsync();
        node.Messages.AnswerWrite = w => w.AccountId.Value switch
        {
            "a" => new Ack(w.AccountId, 1, 1, 1, 0),
            "b" => new Busy(w.AccountId, TimeSpan.FromMilliseconds(1500)),
            "c" => new Nack(w.AccountId, NackReason.Degraded, "disk \"full\"", TimeSpan.FromSeconds(5)),
            _ => new Nack(w.AccountId, NackReason.Stopping, "shutting down"),
        };
        var (response, json) = await node.PostAsync(Accounts("a", "b", "c", "d"));
        Assert.Equal(HttpStatusCode.MultiStatus, response.StatusCode);
        Assert.Null(response.Headers.RetryAfter);
        Assert.Equal(1, json["a"]!["written"]!.GetValue<int>());
        Assert.Equal(("busy", 1.5), (json["b"]!["reason"]!.GetValue<string>(), json["b"]!["retryAfter"]!.GetValue<double>()));
        Assert.Equal("degraded", json["c"]!["reason"]!.GetValue<string>());
        Assert.DoesNotContain("disk", json["c"]!["error"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("""{"error":"the node is shutting down","reason":"stopping"}""", json["d"]!.ToJsonString());
    }

    [Theory(DisplayName = "The status tells what all accounts have in common")]
    [InlineData("busy busy", 429, "3")]
    [InlineData("invalid invalid", 400, null)]
    [InlineData("large large", 413, null)]
    [InlineData("large invalid", 400, null)]
    [InlineData("degraded degraded", 503, "7")]
    [InlineData("degraded busy", 503, "7")]
    [InlineData("stopping", 503, null)]
    [InlineData("invalid busy", 503, "3")]
    [InlineData("ack invalid", 207, null)]
    [InlineData("ack ack", 200, null)]
    public async Task Statuses(string accounts, int status, string? retryAfter)
    {
        await using var node = await HttpNode.StartAsync();
        var kinds = accounts.Split(' ');
        node.Messages.AnswerWrite = w => kinds[int.Parse(w.AccountId.Value, null)] switch
        {
            "ack" => new Ack(w.AccountId, 1, 1, 1, 0),
            "busy" => new Busy(w.AccountId, TimeSpan.FromSeconds(2.1)),
            "invalid" => new Nack(w.AccountId, NackReason.Invalid, "no"),
            "large" => new Nack(w.AccountId, NackReason.TooLarge, "no"),
            "degraded" => new Nack(w.AccountId, NackReason.Degraded, "no", TimeSpan.FromSeconds(7)),
            _ => new Nack(w.AccountId, NackReason.Stopping, "no"),
        };
        var (response, json) = await node.PostAsync(Accounts([.. Enumerable.Range(0, kinds.Length).Select(i => $"{i}")]));
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(retryAfter, response.Headers.RetryAfter?.ToString());
        Assert.Equal(kinds.Length, json.AsObject().Count);
    }

    [Fact(DisplayName = "An account that does not answer in time is of unknown outcome, and the others are told as ever")]
    public async Task Silent_account()
    {
        await using var node = await HttpNode.StartAsync(new HttpSettings { RequestTimeout = TimeSpan.FromSeconds(3) });
        node.Messages.AnswerWrite = w => w.AccountId.Value == "a" ? new Ack(w.AccountId, 1, 1, 1, 0) : null;
        var (response, json) = await node.PostAsync(Accounts("a", "b"));
        Assert.Equal(HttpStatusCode.MultiStatus, response.StatusCode);
        Assert.Equal("outcomeUnknown", json["b"]!["reason"]!.GetValue<string>());
        Assert.StartsWith("outcome unknown", json["b"]!["error"]!.GetValue<string>(), StringComparison.Ordinal);
        (response, _) = await node.PostAsync(Accounts("b"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Fact(DisplayName = "An account that answers twice counts once, by its first answer")]
    public async Task Second_answer()
    {
        await using var node = await HttpNode.StartAsync();
        node.Messages.AnswerWrite = w => new Ack(new AccountId(w.AccountId.Value == "b" ? "b" : "a"), w.Messages.Length, 9, 1, 0);
        // "c" is answered as if it were "a" again, and so stays open until "b", the last one, and the time are over.
        await using var quick = await HttpNode.StartAsync(new HttpSettings { RequestTimeout = TimeSpan.FromSeconds(3) });
        quick.Messages.AnswerWrite = node.Messages.AnswerWrite;
        var (_, json) = await quick.PostAsync("""{"a":[{"id":"1","body":""}],"c":[{"id":"1","body":""},{"id":"2","body":""}],"b":[{"id":"1","body":""}]}""");
        Assert.Equal(1, json["a"]!["first"]!.GetValue<int>());
        Assert.Equal("outcomeUnknown", json["c"]!["reason"]!.GetValue<string>());
        Assert.Equal(9, json["b"]!["last"]!.GetValue<int>());
    }

    [Fact(DisplayName = "Ten thousand accounts in one request are answered in its order")]
    public async Task Many_accounts()
    {
        await using var node = await HttpNode.StartAsync();
        var names = Enumerable.Range(0, 10_000).Select(i => $"account-{i * 7919 % 10_000}").ToArray();
        var (response, json) = await node.PostAsync(Accounts(names));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(names, json.AsObject().Select(p => p.Key));
    }

    [Fact(DisplayName = "Many requests at once to shared accounts are each answered for their own messages")]
    public async Task Concurrent_requests()
    {
        await using var node = await HttpNode.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(i =>
            node.PostAsync($$"""{"a":[{"id":"{{i}}","body":""}],"own-{{i}}":[{"id":"{{i}}","body":""}]}""")));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.Response.StatusCode));
        Assert.Equal(Enumerable.Range(1, 64), answers.Select(a => a.Json["a"]!["first"]!.GetValue<int>()).Order());
        Assert.All(answers.Select((a, i) => (a.Json, i)), x => Assert.NotNull(x.Json[$"own-{x.i}"]));
    }

    [Fact(DisplayName = "Bodies that never end hold no more memory than there is for all: further requests get 429 until they are gone")]
    public async Task Memory_for_bodies_is_bounded()
    {
        await using var node = await HttpNode.StartAsync(new HttpSettings { MaxRequestBody = 16 * 1024 });
        var hanging = new List<TcpClient>();
        for (var i = 0; i < 4; i++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, node.Address.Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n4000\r\n" + new string(' ', 0x4000) + "\r\n"));
            hanging.Add(client);
        }

        // Each has filled its buffer and holds what that grows to.
        await UntilAsync(() => node.BodyBytes == 8 * 16 * 1024);
        var (refused, _) = await node.PostAsync(Accounts("a"));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("1", refused.Headers.RetryAfter?.ToString());
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.ToString());
        hanging.ForEach(c => c.Dispose());
        await UntilAsync(() => node.BodyBytes == 0);
        var (response, _) = await node.PostAsync(Accounts("a"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        static async Task UntilAsync(Func<bool> holds)
        {
            var until = DateTime.UtcNow + TimeSpan.FromSeconds(60);
            while (!holds())
            {
                Assert.True(DateTime.UtcNow < until, "it never came to that");
                await Task.Yield();
            }
        }
    }

    [Fact(DisplayName = "A query parameter is refused: the route has none")]
    public async Task Query()
    {
        await using var node = await HttpNode.StartAsync();
        var problem = await node.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/v1/messages?dry=1", HttpNode.Content(TwoAccounts, "application/json"));
        Assert.Equal("'dry'", problem["field"]!.GetValue<string>());
    }

    [Fact(DisplayName = "Neither bodies nor ids are logged")]
    public async Task Nothing_of_it_is_logged()
    {
        await using var node = await HttpNode.StartAsync();
        await node.PostAsync("""{"acc-SECRET":[{"id":"id-SECRET","body":"U0VDUkVU"}]}""");
        Assert.DoesNotContain(node.Log.Entries, e => e.Text.Contains("SECRET", StringComparison.Ordinal) || e.Text.Contains("U0VDUkVU", StringComparison.Ordinal));
        Assert.Contains(node.Log.Entries, e => e.Text.StartsWith("POST /v1/messages answered 200", StringComparison.Ordinal));
    }

    private static string Accounts(params string[] names) =>
        new JsonObject(names.Select(n => KeyValuePair.Create(n, (JsonNode?)new JsonArray(new JsonObject { ["id"] = "1", ["body"] = "" })))).ToJsonString();

    private static string Padded(int length) => Accounts("a").PadRight(length);

    /// <summary>A stream whose length is not known, so that the body is sent in chunks.</summary>
    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}

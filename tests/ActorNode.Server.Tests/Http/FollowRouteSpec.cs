using System.Net;
using System.Text.Json.Nodes;
using ActorNode.Configuration;
using ActorNode.Protocol.Messages;
using Xunit;

namespace ActorNode.Server.Tests.Http;

public sealed class FollowRouteSpec
{
    [Fact(DisplayName = "A stream without a start gets the new messages only, each once and in order")]
    public async Task Live()
    {
        await using var node = await HttpNode.StartAsync();
        node.Messages.Append("a/b", ("old", []));
        using var stream = await EventStream.OpenAsync(node, "/v1/messages/a%2Fb/events");
        node.Messages.Append("a/b", ("x", [1]), ("y\"", [2]));
        node.Messages.Append("other", ("z", [1]));
        node.Messages.Append("a/b", ("z", []));
        Assert.Equal(new SentEvent("message", "2", """{"sequence":2,"id":"x","body":"AQ==","receivedAt":"1970-01-01T00:00:02Z"}"""), await stream.NextAsync());
        Assert.Equal("y\"", JsonNode.Parse((await stream.NextAsync())!.Data)!["id"]!.GetValue<string>());
        Assert.Equal("4", (await stream.NextAsync())!.Id);
    }

    [Fact(DisplayName = "A stream catches up from after= and goes on live without a gap or a repetition")]
    public async Task Catches_up()
    {
        await using var node = await HttpNode.StartAsync();
        node.Messages.Append("a", Many(0, 700));
        using var stream = await EventStream.OpenAsync(node, "/v1/messages/a/events?after=10");
        var appending = Task.Run(() =>
        {
            for (var i = 700; i < 1_500; i += 10)
                node.Messages.Append("a", Many(i, 10));
        });
        for (var i = 11; i <= 1_500; i++)
            Assert.Equal($"{i}", (await stream.NextAsync())!.Id);
        await appending;
    }

    [Fact(DisplayName = "Last-Event-ID comes before after=, and one that is no sequence is 400")]
    public async Task Last_event_id()
    {
        await using var node = await HttpNode.StartAsync();
        node.Messages.Append("a", Many(0, 10));
        using var stream = await EventStream.OpenAsync(node, "/v1/messages/a/events?after=0", lastEventId: "8");
        Assert.Equal("9", (await stream.NextAsync())!.Id);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/messages/a/events");
        request.Headers.Add("Last-Event-ID", "x");
        using var response = await node.Client.SendAsync(request);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        HttpNode.IsProblem(HttpStatusCode.BadRequest, response, problem);
        Assert.Equal("Last-Event-ID", problem["field"]!.GetValue<string>());
    }

    [Fact(DisplayName = "Where retention was faster the stream says what is gone and goes on with what is there")]
    public async Task Retention()
    {
        await using var node = await HttpNode.StartAsync();
        node.Messages.Append("a", Many(0, 10));
        node.Messages.Remove("a", 6);
        using var stream = await EventStream.OpenAsync(node, "/v1/messages/a/events?after=2");
        Assert.Equal(new SentEvent("gone", "6", """{"first":7}"""), await stream.NextAsync());
        Assert.Equal("7", (await stream.NextAsync())!.Id);

        using var emptied = await EventStream.OpenAsync(node, "/v1/messages/a/events?after=8");
        Assert.Equal("9", (await emptied.NextAsync())!.Id);
        Assert.Equal("10", (await emptied.NextAsync())!.Id);
        node.Messages.Remove("a", 10);
        node.Messages.Append("a", ("more", []));
        Assert.Equal("11", (await emptied.NextAsync())!.Id);
    }

    [Fact(DisplayName = "A stream with nothing to say sends comments, and follows anew with them")]
    public async Task Heartbeat()
    {
        await using var node = await HttpNode.StartAsync(new HttpSettings { Heartbeat = TimeSpan.FromMilliseconds(50) });
        using var stream = await EventStream.OpenAsync(node, "/v1/messages/a/events");
        Assert.Equal(": still here", await stream.LineAsync());
        Assert.Equal("", await stream.LineAsync());
        Assert.Equal(": still here", await stream.LineAsync());
        Assert.True(node.Messages.Seen.OfType<MessageCommands.Follow>().Count() > 1);
    }

    [Fact(DisplayName = "A commit that nobody told of is found by the next heartbeat")]
    public async Task Lost_notification()
    {
        await using var node = await HttpNode.StartAsync(new HttpSettings { Heartbeat = TimeSpan.FromMilliseconds(100) });
        // The account answers that it is followed, and forgets it.
        node.Messages.AnswerOther = m => m is MessageCommands.Follow f ? new MessageReplies.Following(f.AccountId, Last(node)) : null;
        using var stream = await EventStream.OpenAsync(node, "/v1/messages/a/events");
        node.Messages.Append("a", ("x", []));
        Assert.Equal("1", (await stream.NextAsync())!.Id);

        static long Last(HttpNode node) => ((MessageReplies.Accounts)node.Messages.Peek(new MessageQueries.AccountsAfter(null, 1))).Ranges is [var range] ? range.Range.Last : 0;
    }

    [Fact(DisplayName = "A store that fails for a while interrupts a stream and does not end it")]
    public async Task Store_fails()
    {
        await using var node = await HttpNode.StartAsync();
        using var stream = await EventStream.OpenAsync(node, "/v1/messages/a/events");
        node.Messages.AnswerOther = m => m is MessageQueries.PageAfter ? new MessageReplies.QueryFailed("gone", false) : null;
        node.Messages.Append("a", ("x", []));
        Assert.Equal(": waiting for the store", await stream.LineAsync());
        node.Messages.AnswerOther = null;
        Assert.Equal("1", (await stream.NextAsync())!.Id);
    }

    [Fact(DisplayName = "A slow client holds up nobody and costs no memory: pages are pulled at its pace, and it gets everything")]
    public async Task Slow_client()
    {
        const int Count = 400;
        await using var node = await HttpNode.StartAsync();
        var body = new byte[64 * 1024];
        using var slow = await EventStream.OpenSlowAsync(node, "/v1/messages/slow/events?after=0");
        using var fast = await EventStream.OpenAsync(node, "/v1/messages/fast/events?after=0");
        for (var i = 0; i < Count; i++)
        {
            node.Messages.Append("slow", ($"{i}", body));
            node.Messages.Append("fast", ($"{i}", body));
        }

        // The fast one has it all: the slow one had its chance.
        for (var i = 1; i <= Count; i++)
            Assert.Equal($"{i}", (await fast.NextAsync())!.Id);
        var pulled = node.Messages.Seen.OfType<MessageQueries.PageAfter>().Where(q => q.AccountId.Value == "slow").Max(q => q.Sequence + q.Limit);
        Assert.InRange(pulled, 1, Count - 100);
        for (var i = 1; i <= Count; i++)
            Assert.Equal($"{i}", (await slow.NextAsync())!.Id);
    }

    [Fact(DisplayName = "A stream whose client goes away stops following")]
    public async Task Client_leaves()
    {
        await using var node = await HttpNode.StartAsync(new HttpSettings { Heartbeat = TimeSpan.FromMilliseconds(50) });
        var unfollowed = new TaskCompletionSource();
        node.Messages.AnswerOther = m =>
        {
            if (m is MessageCommands.Unfollow)
                unfollowed.TrySetResult();
            return null;
        };
        using (await EventStream.OpenAsync(node, "/v1/messages/a/events"))
            Assert.False(unfollowed.Task.IsCompleted);
        await unfollowed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.DoesNotContain(node.Log.Entries, e => e.Text.Contains("failed, id", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "A node that stops ends its streams cleanly, and takes no new ones")]
    public async Task Node_stops()
    {
        await using var node = await HttpNode.StartAsync();
        node.Messages.Append("a", ("x", []));
        using var stream = await EventStream.OpenAsync(node, "/v1/messages/a/events?after=0");
        Assert.Equal("1", (await stream.NextAsync())!.Id);
        node.Lifetime.BeginStopping();
        Assert.Null(await stream.NextAsync());
        await node.ProblemAsync(HttpStatusCode.ServiceUnavailable, HttpMethod.Get, "/v1/messages/a/events");
    }

    [Fact(DisplayName = "Beyond the most streams a further one is 429, until one of them ends")]
    public async Task Most_streams()
    {
        await using var node = await HttpNode.StartAsync(new HttpSettings { MaxFollowers = 1, Heartbeat = TimeSpan.FromMilliseconds(50) });
        var unfollowed = new SemaphoreSlim(0);
        node.Messages.AnswerOther = m =>
        {
            if (m is MessageCommands.Unfollow)
                unfollowed.Release();
            return null;
        };
        using (await EventStream.OpenAsync(node, "/v1/messages/a/events"))
        {
            var problem = await node.ProblemAsync(HttpStatusCode.TooManyRequests, HttpMethod.Get, "/v1/messages/b/events");
            Assert.Contains("max-followers", problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        }

        Assert.True(await unfollowed.WaitAsync(TimeSpan.FromSeconds(30)));
        using var next = await EventStream.OpenWhenFreeAsync(node, "/v1/messages/b/events");
    }

    [Fact(DisplayName = "An account that does not answer is 503")]
    public async Task Silent_account()
    {
        await using var node = await HttpNode.StartAsync(new HttpSettings { RequestTimeout = TimeSpan.FromMilliseconds(200) });
        node.Messages.AnswerOther = _ => StandInMessages.Silence;
        await node.ProblemAsync(HttpStatusCode.ServiceUnavailable, HttpMethod.Get, "/v1/messages/a/events");
    }

    private static (string, byte[])[] Many(int from, int count) => [.. Enumerable.Range(from, count).Select(i => ($"{i}", new byte[] { (byte)i }))];
}

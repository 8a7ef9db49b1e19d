using ActorNode.Messages;
using ActorNode.Protocol.Messages;
using ActorNode.Protocol.Services;
using Akka.Actor;
using Xunit;
using Xunit.Abstractions;

namespace ActorNode.TestKit.Tests;

/// <summary>What a user's test looks like.</summary>
public sealed class NodeTestKitSpec(ITestOutputHelper output) : NodeTestKit(output)
{
    [Fact(DisplayName = "A test of ten lines writes messages and reads them back")]
    public async Task Writes_and_reads()
    {
        MessageWriter.Tell(Batch(Write("alice", "m1", "m2"), Write("bob", "m1")));
        var acks = new[] { await ExpectMsgAsync<MessageReplies.Ack>(), await ExpectMsgAsync<MessageReplies.Ack>() };
        Assert.Equal([("alice", 2L), ("bob", 1L)], acks.Select(a => (a.AccountId.Value, a.Last)).Order());

        MessageReader.Tell(new MessageQueries.PageAfter(new AccountId("alice"), 0, 10));
        var page = await ExpectMsgAsync<MessageReplies.Page>();
        Assert.Equal(["m1", "m2"], page.Messages.Select(m => m.Id.Value));
        Assert.All(page.Messages, m => Assert.Equal(NodeTime, m.ReceivedAt, TimeSpan.FromMicroseconds(1)));
    }

    [Fact(DisplayName = "Time stands still until the test moves it: an idle account leaves memory after its two minutes and answers again")]
    public async Task Moves_time()
    {
        Accounts.Tell(Write("alice", "m1"));
        var account = await ExpectAckAsync();
        Watch(account);
        Advance(Messages.PassivateAfter);
        await ExpectTerminatedAsync(account);

        Accounts.Tell(Write("alice", "m2"));
        Assert.Equal(2, (await ExpectMsgAsync<MessageReplies.Ack>()).Last);
    }

    [Fact(DisplayName = "The node's services are ready")]
    public async Task Services_are_ready()
    {
        Services.Tell(ServiceQueries.GetServices.Instance);
        Assert.True((await ExpectMsgAsync<ServiceReplies.Services>()).Ready);
    }

    private async Task<IActorRef> ExpectAckAsync()
    {
        await ExpectMsgAsync<MessageReplies.Ack>();
        return LastSender;
    }
}

public sealed class NodeTestKitOnSqliteSpec(ITestOutputHelper output) : NodeTestKit(output, TestDatabase.TemporarySqlite)
{
    protected override MessagesSettings Messages => new() { MaxBatchMessages = 2 };

    [Fact(DisplayName = "The same test runs on real SQLite files, with settings of its own")]
    public async Task Writes_to_sqlite()
    {
        MessageWriter.Tell(Batch(Write("alice", "m1", "m2"), Write("bob", "m1", "m2", "m3")));

        Assert.Equal(NackReason.TooLarge, (await FishForMessageAsync<MessageReplies.Nack>(_ => true)).Reason);
        MessageWriter.Tell(Batch(Write("alice", "m1")));
        Assert.Equal(1, (await FishForMessageAsync<MessageReplies.Ack>(a => a.Duplicates == 1)).First);
    }
}

using System.Collections.Immutable;
using ActorNode.Jobs.Listing;
using ActorNode.Messages;
using ActorNode.Protocol.Messages;
using ActorNode.Protocol.Services;
using ActorNode.Storage;
using Akka.Actor;
using Xunit;
using Xunit.Abstractions;

namespace ActorNode.TestKit.Tests;

/// <summary>A node whose storage fails for one account, and then for all: what a user's own fault test looks like.</summary>
public sealed class FailingAccountSpec(ITestOutputHelper output) : NodeTestKit(output)
{
    private readonly FaultyStore _store = new();

    protected override MessagesSettings Messages => new() { MaxAttempts = 3 };

    protected override INodeStore OpenStore() => _store;

    [Fact(DisplayName = "A write that the storage cannot carry out is refused alone: it delays nobody, and its account goes on")]
    public async Task Fails_alone()
    {
        _store.Fault = commands => commands.OfType<CommitCommand.Append>().Any(a => a.AccountId.Value == "bad")
            ? new InvalidDataException("bad row")
            : null;

        MessageWriter.Tell(Batch([Write("bad", "m1"), .. Enumerable.Range(0, 20).Select(i => Write($"good-{i}", "m1"))]));
        var replies = new List<MessageReplies.IWriteReply>();
        for (var i = 0; i <= 20; i++)
            replies.Add(await ExpectMsgAsync<MessageReplies.IWriteReply>());
        Assert.Equal(20, replies.OfType<MessageReplies.Ack>().Count());
        var refused = Assert.Single(replies.OfType<MessageReplies.Nack>());
        Assert.Equal(("bad", "bad row"), (refused.AccountId.Value, refused.Detail));

        _store.Fault = _ => null;
        MessageWriter.Tell(Batch(Write("bad", "m1")));
        Assert.Equal(1, (await ExpectMsgAsync<MessageReplies.Ack>()).Written);
    }

    [Fact(DisplayName = "An account whose tries are used up is degraded visibly, refuses writes, and recovers by itself")]
    public async Task Degrades_and_recovers()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(MessageEvents.AccountDegraded));
        Sys.EventStream.Subscribe(TestActor, typeof(MessageEvents.AccountRecovered));
        _store.Fault = _ => new StoreUnavailableException("disk full");
        MessageWriter.Tell(Batch(Write("alice", "m1")));

        Assert.Equal("disk full", (await NextAsTimePassesAsync<MessageEvents.AccountDegraded>()).Error);
        Assert.Equal(NackReason.Degraded, (await ExpectMsgAsync<MessageReplies.Nack>()).Reason);
        _store.Fault = _ => null;
        await NextAsTimePassesAsync<MessageEvents.AccountRecovered>();
        MessageWriter.Tell(Batch(Write("alice", "m1")));
        Assert.Equal(1, (await ExpectMsgAsync<MessageReplies.Ack>()).Written);
    }

    [Fact(DisplayName = "When all storage fails the node is not ready, writes wait and are acknowledged once it works again: none twice")]
    public async Task Waits_out_an_outage()
    {
        _store.Fault = _ => new StoreUnavailableException("disk full");
        MessageWriter.Tell(Batch(Write("alice", "m1", "m2")));
        await UntilReadyIsAsync(false);

        _store.Fault = _ => null;
        var ack = await NextAsTimePassesAsync<MessageReplies.Ack>();
        Assert.Equal((1, 2, 2), (ack.First, ack.Last, ack.Written));
        await UntilReadyIsAsync(true);
    }

    /// <summary>The next message, while virtual time goes on.</summary>
    private async Task<T> NextAsTimePassesAsync<T>()
    {
        object? message = null;
        await AwaitConditionAsync(async () =>
        {
            Advance(Messages.MaxBackoff);
            message = await ReceiveOneAsync(TimeSpan.FromMilliseconds(20));
            return message is not null;
        }, TimeSpan.FromSeconds(10));
        return Assert.IsType<T>(message);
    }

    private Task UntilReadyIsAsync(bool ready) => AwaitAssertAsync(async () =>
    {
        var services = await Services.Ask<ServiceReplies.Services>(ServiceQueries.GetServices.Instance, TimeSpan.FromSeconds(3));
        Assert.Equal(ready, services.Ready);
    }, TimeSpan.FromSeconds(10));

    private sealed class FaultyStore : INodeStore
    {
        private readonly InMemoryNodeStore _inner = new();

        public volatile Func<IReadOnlyList<CommitCommand>, Exception?> Fault = _ => null;

        public string Location => "faulty";

        public IMessageReader Messages => _inner.Messages;

        public IUpkeepReader Upkeep => _inner.Upkeep;

        public IJobsReader Jobs => _inner.Jobs;

        public ValueTask<ImmutableArray<CommitResult>> CommitAsync(IReadOnlyList<CommitCommand> commands, CancellationToken cancellationToken) =>
            Fault(commands) is { } error ? ValueTask.FromException<ImmutableArray<CommitResult>>(error) : _inner.CommitAsync(commands, cancellationToken);

        public ValueTask DisposeAsync() => _inner.DisposeAsync();
    }
}

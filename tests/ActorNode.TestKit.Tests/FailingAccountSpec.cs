using System.Collections.Immutable;
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

    [Fact(DisplayName = "An account whose storage fails delays nobody, is refused after its tries and recovers by itself")]
    public async Task Fails_alone()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(MessageEvents.AccountRecovered));
        _store.Fault = commands => commands.OfType<CommitCommand.Append>().Any(a => a.AccountId.Value == "bad")
            ? new InvalidDataException("bad row")
            : null;

        MessageWriter.Tell(Batch([Write("bad", "m1"), .. Enumerable.Range(0, 20).Select(i => Write($"good-{i}", "m1"))]));
        for (var i = 0; i < 20; i++)
            Assert.StartsWith("good", (await ExpectMsgAsync<MessageReplies.Ack>()).AccountId.Value, StringComparison.Ordinal);
        Assert.Equal(NackReason.Degraded, (await NextAsTimePassesAsync<MessageReplies.Nack>()).Reason);

        // A probe says nothing about this account's own rows: it recovers, and what is written to it then shows.
        _store.Fault = _ => null;
        await NextAsTimePassesAsync<MessageEvents.AccountRecovered>();
        MessageWriter.Tell(Batch(Write("bad", "m1")));
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

        public ValueTask<ImmutableArray<CommitResult>> CommitAsync(IReadOnlyList<CommitCommand> commands, CancellationToken cancellationToken) =>
            Fault(commands) is { } error ? ValueTask.FromException<ImmutableArray<CommitResult>>(error) : _inner.CommitAsync(commands, cancellationToken);

        public ValueTask DisposeAsync() => _inner.DisposeAsync();
    }
}

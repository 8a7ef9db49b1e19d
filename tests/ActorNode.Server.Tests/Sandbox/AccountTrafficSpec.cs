using System.Collections.Immutable;
using ActorNode.Protocol.Messages;
using ActorNode.Server.Sandbox.Parts;
using Akka.Actor;
using Xunit;

namespace ActorNode.Server.Tests.Sandbox;

/// <summary>The sandbox's own judgement of an account: what it must notice.</summary>
public sealed class AccountTrafficSpec : IAsyncLifetime
{
    private static readonly AccountId Account = new("a");

    private readonly ActorSystem _system = ActorSystem.Create("traffic");
    private readonly AccountTraffic _traffic = new(Account, "run");
    private ImmutableArray<StoredMessage> _stored = [];
    private Func<MessageCommands.Write, MessageReplies.IWriteReply>? _instead;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _system.Terminate();

    [Fact(DisplayName = "What is acknowledged is read back, each message once")]
    public async Task Fine()
    {
        await WriteAsync(3);
        await WriteAsync(2);
        await VerifyAsync();
        Assert.Equal((5L, 5L, null), (_traffic.Acknowledged, _traffic.Verified, _traffic.Problem));
    }

    [Fact(DisplayName = "What was refused for now is sent again, the same, and counts once")]
    public async Task Again()
    {
        _instead = write => new MessageReplies.Busy(write.AccountId, TimeSpan.FromSeconds(7));
        Assert.Equal(TimeSpan.FromSeconds(7), await WriteAsync(3));
        Assert.Equal(3, _traffic.Pending);
        _instead = null;
        await WriteAsync(50);
        await VerifyAsync();
        Assert.Equal((3L, 3L, 3L, null), (_traffic.Acknowledged, _traffic.Verified, _traffic.Repeated, _traffic.Problem));
    }

    [Theory(DisplayName = "An acknowledged message that is lost, doubled, changed or elsewhere is noticed")]
    [InlineData("cannot be read")]
    [InlineData("is 'run-0', but 'run-1' was acknowledged at 2")]
    [InlineData("is 'run-2', but 'run-1' was acknowledged at 2")]
    [InlineData("at 2 is 'run-1', but 'run-1' was acknowledged at 2")]
    public async Task Broken(string problem)
    {
        await WriteAsync(3);
        _stored = problem switch
        {
            "cannot be read" => _stored[..2],
            "is 'run-0', but 'run-1' was acknowledged at 2" => [_stored[0], _stored[0] with { Sequence = 2 }, _stored[2]],
            "is 'run-2', but 'run-1' was acknowledged at 2" => [_stored[0], _stored[2]],
            _ => [_stored[0], _stored[1] with { Body = new byte[1] }, _stored[2]],
        };
        await VerifyAsync();
        Assert.Contains(problem, _traffic.Problem, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "An acknowledgement of another count than was sent is noticed")]
    public async Task Wrong_ack()
    {
        _instead = write => new MessageReplies.Ack(write.AccountId, 1, 2, 2, 0);
        await WriteAsync(3);
        Assert.Equal("a: 3 messages were acknowledged at 1 to 2", _traffic.Problem);
    }

    private Task<TimeSpan> WriteAsync(int count) => _traffic.WriteAsync(_system.ActorOf(Props.Create(() => new Writer(this))), count, default);

    private Task VerifyAsync() => _traffic.VerifyAsync(_system.ActorOf(Props.Create(() => new Reader(this))), default);

    private sealed class Writer(AccountTrafficSpec spec) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            var write = ((MessageCommands.WriteBatch)message).Accounts.Single();
            if (spec._instead is { } instead)
            {
                Sender.Tell(instead(write));
                return;
            }

            var first = spec._stored.Length + 1;
            spec._stored = [.. spec._stored, .. write.Messages.Select((m, i) => new StoredMessage(first + i, m.Id, m.Body, DateTimeOffset.UnixEpoch))];
            Sender.Tell(new MessageReplies.Ack(write.AccountId, first, spec._stored.Length, write.Messages.Length, 0));
        }
    }

    private sealed class Reader(AccountTrafficSpec spec) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            var page = (MessageQueries.PageAfter)message;
            Sender.Tell(new MessageReplies.Page(Account, [.. spec._stored.Where(m => m.Sequence > page.Sequence).Take(page.Limit)], null));
        }
    }
}

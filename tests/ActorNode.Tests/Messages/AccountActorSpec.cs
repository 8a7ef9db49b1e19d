using ActorNode.Messages;
using ActorNode.Protocol.Messages;
using ActorNode.Storage;
using ActorNode.Tests.Support;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.TestKit;
using Xunit;

namespace ActorNode.Tests.Messages;

/// <summary>One account against a commit actor that the test plays.</summary>
public sealed class AccountActorSpec : NodeSpec
{
    private static readonly MessagesSettings Settings = new()
    {
        MaxBatchMessages = 100,
        MaxPendingMessages = 10,
        MaxPendingBytes = 10_000,
        MaxCommitMessages = 4,
        MaxAttempts = 3,
        MinBackoff = TimeSpan.FromMilliseconds(100),
        MaxBackoff = TimeSpan.FromSeconds(1),
        PassivateAfter = TimeSpan.FromMinutes(2),
        Commit = new CommitSettings { MaxBytes = 1_500 },
    };

    private readonly TestProbe _commit;
    private readonly TestProbe _parent;
    private readonly InMemoryNodeStore _store = new();
    private readonly PendingBudget _budget = new(Settings.MaxPendingBytes);
    private readonly IActorRef _account;

    public AccountActorSpec()
    {
        _commit = CreateTestProbe();
        _parent = CreateTestProbe();
        var context = new AccountContext(_commit, _store, Settings, _budget, new SchedulerClock(Sys.Scheduler), new Random(1));
        _account = _parent.ChildActorOf(AccountActor.Props(Some.Alice, context));
    }

    [Fact(DisplayName = "A write is acknowledged after its commit and not before, to its sender")]
    public async Task Acknowledges_after_the_commit()
    {
        _account.Tell(Some.Write(Some.Alice, "a", "b") with { RequestId = 9 });
        var commit = await NextCommitAsync();
        await ExpectNoMsgAsync(TimeSpan.Zero);
        await SucceedAsync(commit);

        await ExpectMsgAsync(new MessageReplies.Ack(Some.Alice, First: 1, Last: 2, Written: 2, Duplicates: 0, RequestId: 9));
        Assert.Equal(0, _budget.Used);
    }

    [Fact(DisplayName = "What arrives during a commit goes into the next one, in order, within the limit of an account")]
    public async Task Groups_what_waits()
    {
        _account.Tell(Some.Write(Some.Alice, "a"));
        var first = await NextCommitAsync();
        _account.Tell(Some.Write(Some.Alice, "b", "c"));
        _account.Tell(Some.Write(Some.Alice, "d", "e"));
        _account.Tell(Some.Write(Some.Alice, "f"));
        await SucceedAsync(first);

        var second = await NextCommitAsync();
        Assert.Equal(["b", "c", "d", "e"], Ids(second));
        await SucceedAsync(second);
        var third = await NextCommitAsync();
        Assert.Equal(["f"], Ids(third));
        await SucceedAsync(third);

        foreach (var (from, to) in new[] { (1, 1), (2, 3), (4, 5), (6, 6) })
        {
            var ack = await ExpectMsgAsync<MessageReplies.Ack>();
            Assert.Equal((from, to), ((int)ack.First, (int)ack.Last));
        }
    }

    [Fact(DisplayName = "A write that is larger than the limit of a transaction still goes whole")]
    public async Task Sends_a_large_write_whole()
    {
        _account.Tell(Some.Write(Some.Alice, "1", "2", "3", "4", "5", "6"));

        Assert.Equal(6, (await NextCommitAsync()).Rows);
    }

    [Fact(DisplayName = "A failed commit is tried again with growing waits, the same messages first, and then acknowledged")]
    public async Task Retries_in_order()
    {
        _account.Tell(Some.Write(Some.Alice, "a"));
        await FailAsync(await NextCommitAsync());
        _account.Tell(Some.Write(Some.Alice, "b"));
        await _commit.ExpectNoMsgAsync(TimeSpan.Zero);

        Scheduler.Advance(TimeSpan.FromMilliseconds(100));
        var retry = await NextCommitAsync();
        Assert.Equal(["a", "b"], Ids(retry));
        await FailAsync(retry);
        Scheduler.Advance(TimeSpan.FromMilliseconds(200));
        await SucceedAsync(await NextCommitAsync());

        Assert.Equal(1, (await ExpectMsgAsync<MessageReplies.Ack>()).Last);
        Assert.Equal(2, (await ExpectMsgAsync<MessageReplies.Ack>()).Last);
    }

    [Fact(DisplayName = "When the tries are used up everything held is refused, writes too, until a probe succeeds; then it works again by itself")]
    public async Task Degrades_and_recovers()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(MessageEvents.AccountDegraded));
        Sys.EventStream.Subscribe(TestActor, typeof(MessageEvents.AccountRecovered));
        _account.Tell(Some.Write(Some.Alice, "a"));
        await ExhaustAsync(Some.Outage());

        Assert.Equal("disk full", (await ExpectMsgAsync<MessageEvents.AccountDegraded>()).Error);
        Assert.Equal(NackReason.Degraded, (await ExpectMsgAsync<MessageReplies.Nack>()).Reason);
        _account.Tell(Some.Write(Some.Alice, "b"));
        var refused = await ExpectMsgAsync<MessageReplies.Nack>();
        Assert.Equal((NackReason.Degraded, Settings.MaxBackoff), (refused.Reason, refused.RetryAfter));
        Assert.Equal(0, _budget.Used);

        Scheduler.Advance(Settings.MaxBackoff);
        var probe = await NextCommitAsync();
        Assert.IsType<CommitCommand.Probe>(Assert.Single(probe.Commands));
        await FailAsync(probe);
        Scheduler.Advance(Settings.MaxBackoff);
        await SucceedAsync(await NextCommitAsync());
        await ExpectMsgAsync<MessageEvents.AccountRecovered>();

        _account.Tell(Some.Write(Some.Alice, "c"));
        await SucceedAsync(await NextCommitAsync());
        await ExpectMsgAsync<MessageReplies.Ack>();
    }

    [Fact(DisplayName = "A command that the store refuses for its own fault is refused alone: the others of its commit are stored, in order")]
    public async Task Isolates_the_command_at_fault()
    {
        _account.Tell(Some.Write(Some.Alice, "a"));
        var first = await NextCommitAsync();
        foreach (var id in new[] { "b", "poison", "c" })
            _account.Tell(Some.Write(Some.Alice, id));
        await SucceedAsync(first);
        await FailAsync(await NextCommitAsync(), new InvalidDataException("bad row"));

        foreach (var id in new[] { "b", "poison", "c" })
        {
            var single = await NextCommitAsync();
            Assert.Equal([id], Ids(single));
            if (id == "poison")
                await FailAsync(single, new InvalidDataException("bad row"));
            else
                await SucceedAsync(single);
        }

        Assert.Equal(1, (await ExpectMsgAsync<MessageReplies.Ack>()).Last);
        Assert.Equal(2, (await ExpectMsgAsync<MessageReplies.Ack>()).Last);
        var refused = await ExpectMsgAsync<MessageReplies.Nack>();
        Assert.Equal((NackReason.Degraded, "bad row"), (refused.Reason, refused.Detail));
        Assert.Equal(3, (await ExpectMsgAsync<MessageReplies.Ack>()).Last);
        Assert.Equal(0, _budget.Used);

        foreach (var id in new[] { "d", "e" })
        {
            _account.Tell(Some.Write(Some.Alice, id));
            await SucceedAsync(await NextCommitAsync());
            await ExpectMsgAsync<MessageReplies.Ack>();
        }
    }

    [Fact(DisplayName = "A command at fault that is found after an outage leaves the account working")]
    public async Task Works_on_after_an_outage_and_a_fault()
    {
        _account.Tell(Some.Write(Some.Alice, "poison"));
        await FailAsync(await NextCommitAsync(), Some.Outage(outcomeUnknown: true));
        Scheduler.Advance(Settings.MaxBackoff);
        await FailAsync(await NextCommitAsync(), new InvalidDataException("bad row"));
        Assert.Equal(NackReason.OutcomeUnknown, (await ExpectMsgAsync<MessageReplies.Nack>()).Reason);

        _account.Tell(Some.Write(Some.Alice, "a"));
        await SucceedAsync(await NextCommitAsync());
        await ExpectMsgAsync<MessageReplies.Ack>();
    }

    [Fact(DisplayName = "A write whose commit may have happened is refused as of unknown outcome, the ones after it as not stored")]
    public async Task Tells_unknown_outcomes_apart()
    {
        _account.Tell(Some.Write(Some.Alice, "a"));
        await FailAsync(await NextCommitAsync(), Some.Outage(outcomeUnknown: true));
        _account.Tell(Some.Write(Some.Alice, "b"));
        for (var i = 1; i < Settings.MaxAttempts; i++)
        {
            Scheduler.Advance(Settings.MaxBackoff);
            await FailAsync(await NextCommitAsync());
        }

        Assert.Equal(NackReason.OutcomeUnknown, (await ExpectMsgAsync<MessageReplies.Nack>()).Reason);
        Assert.Equal(NackReason.Degraded, (await ExpectMsgAsync<MessageReplies.Nack>()).Reason);
    }

    [Fact(DisplayName = "An account that holds its limit of messages is busy, and takes writes again when they are committed")]
    public async Task Is_busy_at_its_limit()
    {
        _account.Tell(Some.Write(Some.Alice, [.. Enumerable.Range(0, Settings.MaxPendingMessages).Select(i => $"m{i}")]));
        _account.Tell(Some.Write(Some.Alice, "x") with { RequestId = 5 });
        await ExpectMsgAsync(new MessageReplies.Busy(Some.Alice, Settings.BusyRetryAfter, RequestId: 5));

        await SucceedAsync(await NextCommitAsync());
        await ExpectMsgAsync<MessageReplies.Ack>();
        _account.Tell(Some.Write(Some.Alice, "x"));
        await SucceedAsync(await NextCommitAsync());
        await ExpectMsgAsync<MessageReplies.Ack>();
    }

    [Fact(DisplayName = "An account that holds its limit of bytes is busy, although the node has room")]
    public async Task Is_busy_at_its_limit_of_bytes()
    {
        var account = _parent.ChildActorOf(AccountActor.Props(Some.Bob, new AccountContext(
            _commit, _store, Settings with { MaxAccountPendingBytes = 200 }, _budget, new SchedulerClock(Sys.Scheduler), new Random(1))));
        account.Tell(Some.Write(Some.Bob, "a"));
        account.Tell(Some.Write(Some.Bob, "b"));
        await ExpectMsgAsync<MessageReplies.Busy>();
        Assert.Equal(MessageSize.Of(Some.Messages("a")), _budget.Used);
    }

    [Fact(DisplayName = "An account is busy while all accounts together hold the node's limit of bytes")]
    public async Task Is_busy_at_the_nodes_limit()
    {
        Assert.True(_budget.TryTake(Settings.MaxPendingBytes - 10));
        _account.Tell(Some.Write(Some.Alice, "x"));
        await ExpectMsgAsync<MessageReplies.Busy>();

        Assert.Equal(Settings.MaxPendingBytes - 10, _budget.Used);
    }

    [Fact(DisplayName = "An invalid write is refused and nothing of it reaches the commit actor")]
    public async Task Refuses_invalid_writes()
    {
        _account.Tell(Some.Write(Some.Alice, "a", ""));

        await ExpectMsgAsync(new MessageReplies.Nack(Some.Alice, NackReason.Invalid, "messages[1].id is empty"));
        await _commit.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact(DisplayName = "An idle account asks its parent to passivate it; a working or followed one does not")]
    public async Task Passivates_when_idle()
    {
        _account.Tell(Some.Write(Some.Alice, "a"));
        var commit = await NextCommitAsync();
        Scheduler.Advance(Settings.PassivateAfter);
        await _parent.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
        await SucceedAsync(commit);
        await ExpectMsgAsync<MessageReplies.Ack>();

        Scheduler.Advance(Settings.PassivateAfter);
        await _parent.ExpectMsgAsync<Passivate>();
    }

    [Fact(DisplayName = "An account that is told to stop refuses new writes, finishes what it accepted, and stops")]
    public async Task Finishes_before_it_stops()
    {
        Watch(_account);
        _account.Tell(Some.Write(Some.Alice, "a"));
        _account.Tell(Some.Write(Some.Alice, "b"));
        var commit = await NextCommitAsync();
        _account.Tell(AccountActor.Stop.Instance);
        _account.Tell(Some.Write(Some.Alice, "c"));
        Assert.Equal(NackReason.Stopping, (await ExpectMsgAsync<MessageReplies.Nack>()).Reason);

        await SucceedAsync(commit);
        await ExpectMsgAsync<MessageReplies.Ack>();
        await SucceedAsync(await NextCommitAsync());
        await ExpectMsgAsync<MessageReplies.Ack>();
        await ExpectTerminatedAsync(_account);
    }

    [Fact(DisplayName = "An account that is stopped at once answers whatever it holds: under way as unknown, the rest as not stored")]
    public async Task Answers_everything_when_stopped_at_once()
    {
        _account.Tell(Some.Write(Some.Alice, "a"));
        await NextCommitAsync();
        _account.Tell(Some.Write(Some.Alice, "b"));
        _account.Tell(PoisonPill.Instance);

        Assert.Equal(NackReason.OutcomeUnknown, (await ExpectMsgAsync<MessageReplies.Nack>()).Reason);
        Assert.Equal(NackReason.Stopping, (await ExpectMsgAsync<MessageReplies.Nack>()).Reason);
        Assert.Equal(0, _budget.Used);
    }

    [Fact(DisplayName = "Followers are told where the account stands, then of each commit's new sequences, without a gap")]
    public async Task Tells_followers()
    {
        await _store.CommitAsync([Some.Append(Some.Alice, "old")], CancellationToken.None);
        _account.Tell(new MessageCommands.Follow(Some.Alice));
        await ExpectMsgAsync(new MessageReplies.Following(Some.Alice, Last: 1));

        _account.Tell(Some.Write(Some.Alice, "a", "b"), CreateTestProbe());
        await SucceedAsync(await NextCommitAsync());
        await ExpectMsgAsync(new MessageEvents.Committed(Some.Alice, 2, 3));

        _account.Tell(Some.Write(Some.Alice, "a"), CreateTestProbe());
        await SucceedAsync(await NextCommitAsync());
        _account.Tell(new MessageCommands.Unfollow(Some.Alice));
        _account.Tell(Some.Write(Some.Alice, "c"), CreateTestProbe());
        await SucceedAsync(await NextCommitAsync());
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
    }

    [Fact(DisplayName = "A followed account is not passivated; when its follower has died it is")]
    public async Task Stays_awake_for_followers()
    {
        var follower = CreateTestProbe();
        _account.Tell(new MessageCommands.Follow(Some.Alice), follower);
        await follower.ExpectMsgAsync<MessageReplies.Following>();
        Scheduler.Advance(Settings.PassivateAfter);
        await _parent.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));

        Watch(follower);
        Sys.Stop(follower);
        await ExpectTerminatedAsync(follower);
        await AwaitAssertAsync(async () =>
        {
            Scheduler.Advance(Settings.PassivateAfter);
            await _parent.ExpectMsgAsync<Passivate>(TimeSpan.FromMilliseconds(100));
        });
    }

    [Fact(DisplayName = "A follower that joins while a commit of many writes ends is told of each sequence once")]
    public async Task Never_tells_a_follower_twice()
    {
        _account.Tell(Some.Write(Some.Alice, "a"), CreateTestProbe());
        var first = await NextCommitAsync();
        _account.Tell(Some.Write(Some.Alice, "b"), CreateTestProbe());
        _account.Tell(Some.Write(Some.Alice, "c"), CreateTestProbe());
        await SucceedAsync(first);
        var second = await NextCommitAsync();
        // Durable already, but the account has not heard of it: the follower reads how far the account is from the database.
        var results = await _store.CommitAsync(second.Commands, CancellationToken.None);
        _account.Tell(new MessageCommands.Follow(Some.Alice));
        await ExpectMsgAsync(new MessageReplies.Following(Some.Alice, Last: 3));

        _account.Tell(new CommitActor.Committed(second, results), _commit);
        _account.Tell(Some.Write(Some.Alice, "d"), CreateTestProbe());
        await SucceedAsync(await NextCommitAsync());
        await ExpectMsgAsync(new MessageEvents.Committed(Some.Alice, 4, 4));
    }

    [Fact(DisplayName = "A follower that comes when the account is about to be passivated goes to its successor")]
    public async Task Hands_late_followers_on()
    {
        await SettleAsync();
        Scheduler.Advance(Settings.PassivateAfter);
        var passivate = await _parent.ExpectMsgAsync<Passivate>();
        _account.Tell(new MessageCommands.Follow(Some.Alice));
        await _parent.ExpectMsgAsync(new MessageCommands.Follow(Some.Alice));

        Assert.Equal(TestActor, _parent.LastSender);
        Watch(_account);
        _account.Tell(passivate.StopMessage);
        await ExpectTerminatedAsync(_account);
    }

    [Fact(DisplayName = "A follower stays one when its account fails and is restarted")]
    public async Task Keeps_followers_over_a_restart()
    {
        _account.Tell(new MessageCommands.Follow(Some.Alice));
        await ExpectMsgAsync(new MessageReplies.Following(Some.Alice, Last: 0));
        // Not a write that the protocol allows: it makes the account fail.
        _account.Tell(new MessageCommands.Write(Some.Alice, [null!]), CreateTestProbe());
        await ExpectMsgAsync(new MessageReplies.Following(Some.Alice, Last: 0));

        _account.Tell(Some.Write(Some.Alice, "a"), CreateTestProbe());
        await SucceedAsync(await NextCommitAsync());
        await ExpectMsgAsync(new MessageEvents.Committed(Some.Alice, 1, 1));
    }

    [Fact(DisplayName = "Removals count, too: an account that holds its limit of them is busy, and a commit takes no more rows than its limit")]
    public async Task Bounds_removals()
    {
        _account.Tell(new MessageCommands.Remove(Some.Alice, UpTo: 1));
        var first = await NextCommitAsync();
        for (var i = 1; i < Settings.MaxPendingMessages; i++)
            _account.Tell(new MessageCommands.Remove(Some.Alice, UpTo: 1));
        _account.Tell(new MessageCommands.Remove(Some.Alice, UpTo: 1, RequestId: 7));
        await ExpectMsgAsync(new MessageReplies.Busy(Some.Alice, Settings.BusyRetryAfter, RequestId: 7));

        await SucceedAsync(first);
        Assert.Single((await NextCommitAsync()).Commands);
    }

    [Fact(DisplayName = "A commit takes no more bytes than its limit, a single larger write still goes whole")]
    public async Task Bounds_the_bytes_of_a_commit()
    {
        _account.Tell(Some.Write(Some.Alice, "a"));
        var first = await NextCommitAsync();
        foreach (var id in new[] { "b", "c" })
            _account.Tell(new MessageCommands.Write(Some.Alice, [new Message(new MessageId(id), new byte[2_000])]));
        await SucceedAsync(first);

        var second = await NextCommitAsync();
        Assert.Equal(["b"], Ids(second));
        await SucceedAsync(second);
        Assert.Equal(["c"], Ids(await NextCommitAsync()));
    }

    [Fact(DisplayName = "A removal goes on in chunks until it is done and never takes what was written meanwhile")]
    public async Task Removes_in_chunks()
    {
        await _store.CommitAsync([new CommitCommand.Append(Some.Alice, Some.Messages(1_200), Some.Time)], CancellationToken.None);
        _account.Tell(new MessageCommands.Remove(Some.Alice, UpTo: 5_000, RequestId: 3));
        var chunk = await NextCommitAsync();
        _account.Tell(Some.Write(Some.Alice, "new"), CreateTestProbe());
        await SucceedAsync(chunk);
        for (var i = 0; i < 3; i++)
            await SucceedAsync(await NextCommitAsync());

        await ExpectMsgAsync(new MessageReplies.Removed(Some.Alice, new MessageRange(1_201, 1_201), Count: 1_200, RequestId: 3));
    }

    private async Task<CommitActor.Commit> NextCommitAsync() => await _commit.ExpectMsgAsync<CommitActor.Commit>();

    /// <summary>Commits for real and answers as the commit actor does.</summary>
    private async Task SucceedAsync(CommitActor.Commit commit) =>
        _account.Tell(new CommitActor.Committed(commit, await _store.CommitAsync(commit.Commands, CancellationToken.None)), _commit);

    /// <summary>Answers with a failure and waits until the account has dealt with it: its retry timer is set then.</summary>
    private async Task FailAsync(CommitActor.Commit commit, Exception? error = null)
    {
        _account.Tell(new CommitActor.Failed(commit, error ?? Some.Outage()), _commit);
        await SettleAsync();
    }

    private async Task ExhaustAsync(Exception error)
    {
        for (var i = 0; i < Settings.MaxAttempts; i++)
        {
            await FailAsync(await NextCommitAsync(), error);
            if (i + 1 < Settings.MaxAttempts)
                Scheduler.Advance(Settings.MaxBackoff);
        }
    }

    /// <summary>A phase barrier: an answer to a later message means that the earlier ones were handled.</summary>
    private async Task SettleAsync()
    {
        var barrier = CreateTestProbe();
        _account.Tell(new Identify("settled"), barrier);
        await barrier.ExpectMsgAsync<ActorIdentity>();
    }

    private static IEnumerable<string> Ids(CommitActor.Commit commit) =>
        commit.Commands.Cast<CommitCommand.Append>().SelectMany(a => a.Messages).Select(m => m.Id.Value);
}

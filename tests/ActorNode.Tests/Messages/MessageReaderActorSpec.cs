using ActorNode.Messages;
using ActorNode.Protocol.Messages;
using ActorNode.Storage;
using ActorNode.Tests.Support;
using Akka.Actor;
using Xunit;

namespace ActorNode.Tests.Messages;

public sealed class MessageReaderActorSpec : NodeSpec
{
    private readonly InMemoryNodeStore _store = new();
    private readonly IActorRef _reader;

    public MessageReaderActorSpec() => _reader = Sys.ActorOf(MessageReaderActor.Props(_store.Messages, new MessagesSettings()));

    private async Task HoldAsync(int messages, int removed)
    {
        await _store.CommitAsync([new CommitCommand.Append(Some.Alice, Some.Messages(messages), Some.Time)], CancellationToken.None);
        if (removed > 0)
            await _store.CommitAsync([new CommitCommand.Remove(Some.Alice, removed, null, removed)], CancellationToken.None);
    }

    [Fact(DisplayName = "Pages follow each other without a hole; the last one says that nothing follows")]
    public async Task Pages()
    {
        await HoldAsync(messages: 5, removed: 0);
        var seen = new List<long>();
        long? next = 0;
        while (next is { } after)
        {
            _reader.Tell(new MessageQueries.PageAfter(Some.Alice, after, Limit: 2));
            var page = await ExpectMsgAsync<MessageReplies.Page>();
            seen.AddRange(page.Messages.Select(m => m.Sequence));
            next = page.Next;
        }

        Assert.Equal([1, 2, 3, 4, 5], seen);
    }

    [Theory(DisplayName = "A page that would start before the retained range is refused with where the range starts")]
    [InlineData(0, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(5, false)]
    [InlineData(99, false)]
    [InlineData(long.MaxValue, false)]
    public async Task Refuses_pages_before_the_range(long after, bool gone)
    {
        await HoldAsync(messages: 5, removed: 3);
        _reader.Tell(new MessageQueries.PageAfter(Some.Alice, after, Limit: 10));

        if (gone)
            await ExpectMsgAsync(new MessageReplies.Gone(Some.Alice, First: 4));
        else
            Assert.Equal((int)Math.Max(0, 5 - after), (await ExpectMsgAsync<MessageReplies.Page>()).Messages.Length);
    }

    [Fact(DisplayName = "An account that was never written to has an empty page")]
    public async Task Answers_for_unknown_accounts()
    {
        _reader.Tell(new MessageQueries.PageAfter(Some.Bob, 7, Limit: 10));
        var page = await ExpectMsgAsync<MessageReplies.Page>();
        Assert.True(page.Messages.IsEmpty);
        Assert.Null(page.Next);
    }

    [Fact(DisplayName = "Messages are found by id, and pages start after one")]
    public async Task Finds_by_id()
    {
        await HoldAsync(messages: 3, removed: 0);
        _reader.Tell(new MessageQueries.ById(Some.Alice, new MessageId("m2")));
        Assert.Equal(2, (await ExpectMsgAsync<MessageReplies.Found>()).Message.Sequence);
        _reader.Tell(new MessageQueries.ById(Some.Bob, new MessageId("m2")));
        await ExpectMsgAsync(new MessageReplies.NotFound(Some.Bob, new MessageId("m2")));
        _reader.Tell(new MessageQueries.PageAfterId(Some.Alice, new MessageId("m2"), 10));
        Assert.Equal(3, Assert.Single((await ExpectMsgAsync<MessageReplies.Page>()).Messages).Sequence);
        _reader.Tell(new MessageQueries.PageAfterId(Some.Alice, new MessageId("x"), 10));
        await ExpectMsgAsync(new MessageReplies.NotFound(Some.Alice, new MessageId("x")));
    }

    [Fact(DisplayName = "Accounts are listed in pages with what they hold")]
    public async Task Lists_accounts()
    {
        await HoldAsync(messages: 3, removed: 1);
        await _store.CommitAsync([Some.Append(Some.Bob, "x")], CancellationToken.None);
        _reader.Tell(new MessageQueries.AccountsAfter(null, 1));
        var first = await ExpectMsgAsync<MessageReplies.Accounts>();
        Assert.Equal(new MessageReplies.AccountRange(Some.Alice, new MessageRange(2, 3)), Assert.Single(first.Ranges));
        _reader.Tell(new MessageQueries.AccountsAfter(first.Next, 5));
        var second = await ExpectMsgAsync<MessageReplies.Accounts>();
        Assert.Equal(Some.Bob, Assert.Single(second.Ranges).AccountId);
        Assert.Null(second.Next);
    }

    public static TheoryData<object, string> BadQueries => new()
    {
        { new MessageQueries.PageAfter(new AccountId(""), 0, 1), "account is empty" },
        { new MessageQueries.PageAfter(Some.Alice, -1, 1), "after must be 0 or more" },
        { new MessageQueries.PageAfter(Some.Alice, 0, 0), "limit must be from 1 to 1000" },
        { new MessageQueries.PageAfter(Some.Alice, 0, 1_001), "limit must be from 1 to 1000" },
        { new MessageQueries.ById(Some.Alice, new MessageId("")), "id is empty" },
        { new MessageQueries.AccountsAfter(new AccountId("\0"), 1), "account has a control character at position 0" },
    };

    [Theory(DisplayName = "A query with bad arguments is refused with the field and the rule")]
    [MemberData(nameof(BadQueries))]
    public async Task Refuses_bad_queries(object query, string problem)
    {
        _reader.Tell(query);
        await ExpectMsgAsync(new MessageReplies.QueryFailed(problem, Invalid: true));
    }

    [Fact(DisplayName = "A bounded number of reads runs at once and a bounded number waits; a slow store fails its own reads alone")]
    public async Task Bounds_reads()
    {
        var slow = new SlowReader();
        var reader = Sys.ActorOf(MessageReaderActor.Props(slow, new MessagesSettings { ParallelReads = 2, MaxWaitingReads = 1 }));
        for (var i = 0; i < 4; i++)
            reader.Tell(new MessageQueries.PageAfter(Some.Alice, 0, 1));

        Assert.Equal("1 reads are waiting already", (await ExpectMsgAsync<MessageReplies.QueryFailed>()).Detail);
        await slow.Started.WaitAsync();
        await slow.Started.WaitAsync();
        slow.Release.SetException(new StoreUnavailableException("connection lost"));
        for (var i = 0; i < 3; i++)
            Assert.Equal("connection lost", (await ExpectMsgAsync<MessageReplies.QueryFailed>()).Detail);
        Assert.Equal(2, slow.MostAtOnce);
    }

    private sealed class SlowReader : IMessageReader
    {
        private int _running;

        public TaskCompletionSource Release { get; } = new();

        public SemaphoreSlim Started { get; } = new(0);

        public int MostAtOnce { get; private set; }

        public async ValueTask<(MessageRange? Range, System.Collections.Immutable.ImmutableArray<StoredMessage> Messages)> PageAsync(
            AccountId account, long after, int limit, CancellationToken cancellationToken)
        {
            lock (Release)
                MostAtOnce = Math.Max(MostAtOnce, ++_running);
            Started.Release();
            try
            {
                await Release.Task;
                return (null, []);
            }
            finally
            {
                lock (Release)
                    _running--;
            }
        }

        public ValueTask<MessageRange?> RangeAsync(AccountId account, CancellationToken cancellationToken) => default;

        public ValueTask<StoredMessage?> FindAsync(AccountId account, MessageId id, CancellationToken cancellationToken) => default;

        public ValueTask<System.Collections.Immutable.ImmutableArray<MessageReplies.AccountRange>> AccountsAsync(
            AccountId? after, int limit, CancellationToken cancellationToken) => default;

        public ValueTask<System.Collections.Immutable.ImmutableArray<AccountId>> AccountsOlderThanAsync(
            DateTimeOffset cutoff, int limit, CancellationToken cancellationToken) => default;
    }
}

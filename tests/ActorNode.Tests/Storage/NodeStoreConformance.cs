using System.Collections.Immutable;
using ActorNode.Protocol.Messages;
using ActorNode.Storage;
using ActorNode.Tests.Support;
using Xunit;

namespace ActorNode.Tests.Storage;

/// <summary>What every store must do. A derived class opens one kind of store; each test has a database of its own.</summary>
public abstract class NodeStoreConformance : IAsyncLifetime
{
    private static readonly AccountId Alice = new("alice");
    private static readonly AccountId Bob = new("bob");
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private INodeStore? _store;

    /// <summary>The store under test.</summary>
    protected INodeStore Store => _store ?? throw new InvalidOperationException("The store is not open.");

    /// <summary>Whether a store opened again has what was stored before.</summary>
    protected virtual bool Durable => true;

    /// <summary>Opens the test's database.</summary>
    protected abstract Task<INodeStore> OpenAsync();

    /// <inheritdoc/>
    public virtual async Task InitializeAsync() => _store = await OpenAsync();

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        if (_store is not null)
            await _store.DisposeAsync();
    }

    /// <summary>Closes the store and opens it again.</summary>
    protected async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        _store = null;
        _store = await OpenAsync();
    }

    [ConformanceFact(DisplayName = "Messages of an account are numbered from 1 in the order given")]
    public async Task Numbers_from_one()
    {
        Assert.Equal(new CommitResult.Appended(1, 3, 3, 0, 3), await AppendAsync(Alice, "a", "b", "c"));
        Assert.Equal(new CommitResult.Appended(4, 4, 1, 0, 4), await AppendAsync(Alice, "d"));
        Assert.Equal(new CommitResult.Appended(1, 1, 1, 0, 1), await AppendAsync(Bob, "a"));

        var (range, messages) = await PageAsync(Alice, 0, 10);
        Assert.Equal(new MessageRange(1, 4), range);
        Assert.Equal([(1, "a"), (2, "b"), (3, "c"), (4, "d")], messages.Select(message => (message.Sequence, message.Id.Value)));
        Assert.Equal(new MessageRange(1, 1), await Store.Messages.RangeAsync(Bob, default));
    }

    [ConformanceFact(DisplayName = "Commits asked for at once are carried out one after the other; closing waits for them")]
    public async Task Takes_one_commit_at_a_time()
    {
        var commits = Enumerable.Range(0, 20).Select(i => Task.Run(() => AppendAsync(Alice, $"m{i}"))).ToArray();
        var sequences = (await Task.WhenAll(commits)).Cast<CommitResult.Appended>().Select(appended => appended.Last);
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), sequences.Order());

        var last = Store.CommitAsync([new CommitCommand.Append(Alice, [new Message(new MessageId("last"), default)], Noon)], default).AsTask();
        await Store.DisposeAsync();
        Assert.Equal(21, Assert.IsType<CommitResult.Appended>(Assert.Single(await last)).Last);
    }

    [ConformanceFact(DisplayName = "A message is read back as it was written, to the microsecond")]
    public async Task Reads_back_what_was_written()
    {
        var body = Enumerable.Range(0, 70_000).Select(i => (byte)i).ToArray();
        var id = new MessageId("ключ/🔑 'quoted' \"too\"");
        var receivedAt = Noon.AddTicks(12_345_678).ToOffset(TimeSpan.FromHours(2));
        await CommitAsync(new CommitCommand.Append(Alice, [new Message(id, body), new Message(new MessageId("empty"), default)], receivedAt));

        var (_, messages) = await PageAsync(Alice, 0, 10);
        Assert.Equal(body, messages[0].Body.ToArray());
        Assert.Equal(id, messages[0].Id);
        Assert.Equal(Noon.AddTicks(12_345_670), messages[0].ReceivedAt);
        Assert.Equal(TimeSpan.Zero, messages[0].ReceivedAt.Offset);
        Assert.True(messages[1].Body.IsEmpty);

        var found = await Store.Messages.FindAsync(Alice, id, default);
        Assert.NotNull(found);
        Assert.Equal(1, found.Sequence);
        Assert.Equal(body, found.Body.ToArray());
        Assert.Equal(messages[0].ReceivedAt, found.ReceivedAt);
    }

    [ConformanceFact(DisplayName = "Times before 1970 and below a microsecond are rounded down")]
    public async Task Rounds_times_down()
    {
        var early = DateTimeOffset.UnixEpoch.AddTicks(-5);
        await CommitAsync(Append(Alice, early, "a"));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddTicks(-10), (await PageAsync(Alice, 0, 1)).Messages[0].ReceivedAt);
    }

    [ConformanceFact(DisplayName = "A repeated id is a duplicate and the first body wins: in one command, in one transaction, and later")]
    public async Task Counts_duplicates()
    {
        Assert.Equal(
            new CommitResult.Appended(1, 2, 2, 1, 2),
            Assert.Single(await CommitAsync(new CommitCommand.Append(Alice, [Of("a", 1), Of("b", 2), Of("a", 3)], Noon))));
        var results = await CommitAsync(
            new CommitCommand.Append(Alice, [Of("c", 4)], Noon),
            new CommitCommand.Append(Alice, [Of("c", 5), Of("d", 6)], Noon),
            new CommitCommand.Append(Bob, [Of("a", 7)], Noon),
            new CommitCommand.Append(Alice, [Of("b", 8)], Noon));
        Assert.Equal(
            [
                new CommitResult.Appended(3, 3, 1, 0, 3),
                new CommitResult.Appended(3, 4, 1, 1, 4),
                new CommitResult.Appended(1, 1, 1, 0, 1),
                new CommitResult.Appended(2, 2, 0, 1, 4),
            ],
            results);
        Assert.Equal(new CommitResult.Appended(1, 5, 1, 4, 5), await AppendAsync(Alice, "d", "e", "a", "c", "b"));

        Assert.Equal([1, 2, 4, 6], (await PageAsync(Alice, 0, 4)).Messages.Select(message => (int)message.Body.Span[0]));
        Assert.Equal(7, (await Store.Messages.FindAsync(Bob, new MessageId("a"), default))!.Body.Span[0]);
    }

    [ConformanceFact(DisplayName = "A store opened again continues numbers and knows the ids")]
    public async Task Continues_after_reopening()
    {
        if (!Durable)
            return;
        await AppendAsync(Alice, "a", "b");
        await ReopenAsync();
        Assert.Equal(new CommitResult.Appended(1, 3, 1, 1, 3), await AppendAsync(Alice, "a", "c"));
        Assert.Equal(["a", "b", "c"], (await PageAsync(Alice, 0, 10)).Messages.Select(message => message.Id.Value));
    }

    [ConformanceFact(DisplayName = "Numbers go on after every message was removed, also in a store opened again; removed ids are forgotten")]
    public async Task Continues_after_removal()
    {
        await AppendAsync(Alice, "a", "b", "c");
        Assert.Equal(new CommitResult.Removed(new MessageRange(4, 3), 3, More: false), await RemoveAsync(Alice, 100));
        if (Durable)
            await ReopenAsync();
        Assert.Equal(new MessageRange(4, 3), await Store.Messages.RangeAsync(Alice, default));
        Assert.Null(await Store.Messages.FindAsync(Alice, new MessageId("b"), default));
        Assert.Equal(new CommitResult.Appended(4, 4, 1, 0, 4), await AppendAsync(Alice, "b"));
        Assert.Equal(4, (await Store.Messages.FindAsync(Alice, new MessageId("b"), default))!.Sequence);
        Assert.Equal(new MessageRange(4, 4), await Store.Messages.RangeAsync(Alice, default));
    }

    [ConformanceFact(DisplayName = "A removal takes at most its limit from the front and says whether there is more")]
    public async Task Removes_in_chunks()
    {
        await AppendAsync(Alice, "a", "b", "c", "d", "e");
        Assert.Equal(new CommitResult.Removed(new MessageRange(3, 5), 2, More: true), await RemoveAsync(Alice, 4, limit: 2));
        Assert.Equal(new CommitResult.Removed(new MessageRange(5, 5), 2, More: false), await RemoveAsync(Alice, 4, limit: 2));
        Assert.Equal(new CommitResult.Removed(new MessageRange(5, 5), 0, More: false), await RemoveAsync(Alice, 4, limit: 2));
        Assert.Equal(["e"], (await PageAsync(Alice, 4, 10)).Messages.Select(message => message.Id.Value));
        Assert.Empty((await PageAsync(Alice, 0, 10)).Messages);
    }

    [ConformanceFact(DisplayName = "A removal from an account that was never written to finds nothing and leaves nothing")]
    public async Task Removes_nothing_from_unknown()
    {
        Assert.Equal(new CommitResult.Removed(new MessageRange(1, 0), 0, More: false), await RemoveAsync(Alice, 10));
        Assert.Null(await Store.Messages.RangeAsync(Alice, default));
        Assert.Empty(await Store.Messages.AccountsAsync(null, 10, default));
    }

    [ConformanceFact(DisplayName = "A removal by age takes messages from the front while they are older, and no younger one before an older one")]
    public async Task Removes_by_age()
    {
        await CommitAsync(Append(Alice, Noon, "a"), Append(Alice, Noon.AddMinutes(5), "b"), Append(Alice, Noon.AddMinutes(1), "c"));
        Assert.Equal(
            new CommitResult.Removed(new MessageRange(2, 3), 1, More: false),
            Assert.Single(await CommitAsync(new CommitCommand.Remove(Alice, long.MaxValue, Noon.AddMinutes(2), 10))));
        Assert.Equal(
            new CommitResult.Removed(new MessageRange(2, 3), 0, More: false),
            Assert.Single(await CommitAsync(new CommitCommand.Remove(Alice, long.MaxValue, Noon.AddMinutes(5), 10))));
        Assert.Equal(
            new CommitResult.Removed(new MessageRange(3, 3), 1, More: true),
            Assert.Single(await CommitAsync(new CommitCommand.Remove(Alice, long.MaxValue, Noon.AddMinutes(6), 1))));
    }

    [ConformanceFact(DisplayName = "Accounts with an old first message are found, oldest first, until it is removed")]
    public async Task Finds_old_accounts()
    {
        var carol = new AccountId("carol");
        await CommitAsync(Append(Bob, Noon, "a", "b"), Append(Alice, Noon.AddMinutes(-1), "a"), Append(Alice, Noon.AddMinutes(9), "b"), Append(carol, Noon.AddMinutes(5), "a"));
        Assert.Equal([Alice, Bob], await OlderThanAsync(Noon.AddMinutes(1), 10));
        Assert.Equal([Alice], await OlderThanAsync(Noon.AddMinutes(1), 1));
        await RemoveAsync(Alice, 1);
        Assert.Equal([Bob], await OlderThanAsync(Noon.AddMinutes(1), 10));
        await RemoveAsync(Bob, 2);
        Assert.Equal([carol, Alice], await OlderThanAsync(Noon.AddMinutes(10), 10));
        await CommitAsync(Append(Bob, Noon, "c"));
        Assert.Equal([Bob], await OlderThanAsync(Noon.AddMinutes(1), 10));
    }

    [ConformanceFact(DisplayName = "Accounts are listed in the order of their UTF-8 bytes, in pages")]
    public async Task Lists_accounts()
    {
        // In UTF-16 the emoji would stand before U+FF5E, and a culture would not tell the letters' cases apart.
        string[] names = ["A", "Z", "a", "a/b", "z", "é", "\uff5e", "🔑"];
        await CommitAsync([.. names.Reverse().Select(name => Append(new AccountId(name), Noon, "x", "y"))]);
        await RemoveAsync(new AccountId("a"), 1);

        var all = await Store.Messages.AccountsAsync(null, 100, default);
        Assert.Equal(names, all.Select(account => account.AccountId.Value));
        Assert.Equal(new MessageRange(2, 2), all[2].Range);
        Assert.Equal(new MessageRange(1, 2), all[3].Range);
        Assert.Equal(names[..3], (await Store.Messages.AccountsAsync(null, 3, default)).Select(account => account.AccountId.Value));
        Assert.Equal(names[3..5], (await Store.Messages.AccountsAsync(new AccountId("a"), 2, default)).Select(account => account.AccountId.Value));
        Assert.Equal(names[5..], (await Store.Messages.AccountsAsync(new AccountId("zz"), 10, default)).Select(account => account.AccountId.Value));
    }

    [ConformanceFact(DisplayName = "A page holds at most its limit, and nothing outside the range")]
    public async Task Pages_within_the_range()
    {
        await AppendAsync(Alice, [.. Enumerable.Range(1, 20).Select(i => $"m{i}")]);
        await AppendAsync(new AccountId("neighbour"), "n");
        await RemoveAsync(Alice, 5);

        var (range, page) = await PageAsync(Alice, 7, 3);
        Assert.Equal(new MessageRange(6, 20), range);
        Assert.Equal([8L, 9, 10], page.Select(message => message.Sequence));
        Assert.Equal([20L], (await PageAsync(Alice, 19, 3)).Messages.Select(message => message.Sequence));
        Assert.Equal(6, (await PageAsync(Alice, 5, 1)).Messages[0].Sequence);
        foreach (var outside in new[] { -1L, 0, 4, 20, 1000, long.MaxValue - 1 })
        {
            var (same, none) = await PageAsync(Alice, outside, 3);
            Assert.Equal(range, same);
            Assert.Empty(none);
        }

        Assert.Empty((await PageAsync(Alice, 7, 0)).Messages);
        var (unknown, empty) = await PageAsync(Bob, 0, 3);
        Assert.Null(unknown);
        Assert.Empty(empty);
    }

    [ConformanceFact(DisplayName = "A command that breaks a rule fails its whole transaction; the next one works as if it had not been")]
    public async Task Failing_command_undoes_its_transaction()
    {
        await AppendAsync(Alice, "a", "b", "c");
        var noMessages = new CommitCommand.Append(Bob, [], Noon);
        await Assert.ThrowsAsync<ArgumentException>(async () => await CommitAsync(
            Append(Alice, Noon, "d"), Append(Bob, Noon, "a"), new CommitCommand.Remove(Alice, 2, null, 10), noMessages));
        await Assert.ThrowsAsync<ArgumentException>(async () => await CommitAsync(
            Append(Alice, Noon, "d"), new CommitCommand.Remove(Alice, 2, null, 0)));

        Assert.Equal(new MessageRange(1, 3), await Store.Messages.RangeAsync(Alice, default));
        Assert.Null(await Store.Messages.RangeAsync(Bob, default));
        Assert.Null(await Store.Messages.FindAsync(Alice, new MessageId("d"), default));
        Assert.Equal(new CommitResult.Appended(1, 4, 1, 1, 4), await AppendAsync(Alice, "a", "d"));
        Assert.Equal(new CommitResult.Appended(1, 1, 1, 0, 1), await AppendAsync(Bob, "a"));
    }

    [ConformanceFact(DisplayName = "Append, remove and append again of one id within a transaction keep their order")]
    public async Task Keeps_order_within_a_transaction()
    {
        var results = await CommitAsync(
            Append(Alice, Noon, "a", "b"), new CommitCommand.Remove(Alice, 1, null, 10), Append(Alice, Noon, "a"), Append(Alice, Noon, "b", "a"));
        Assert.Equal(
            [
                new CommitResult.Appended(1, 2, 2, 0, 2),
                new CommitResult.Removed(new MessageRange(2, 2), 1, More: false),
                new CommitResult.Appended(3, 3, 1, 0, 3),
                new CommitResult.Appended(2, 3, 0, 2, 3),
            ],
            results);
        Assert.Equal([(2, "b"), (3, "a")], (await PageAsync(Alice, 1, 10)).Messages.Select(message => (message.Sequence, message.Id.Value)));
    }

    [ConformanceFact(DisplayName = "A page of large messages ends early, and the next one goes on where it ended")]
    public async Task Bounds_the_bytes_of_a_page()
    {
        var body = new byte[3 * 1024 * 1024];
        await CommitAsync(new CommitCommand.Append(Alice, [.. Enumerable.Range(1, 5).Select(i => new Message(new MessageId($"m{i}"), body))], Noon));

        Assert.Equal([1L, 2, 3], (await PageAsync(Alice, 0, 10)).Messages.Select(message => message.Sequence));
        Assert.Equal([4L, 5], (await PageAsync(Alice, 3, 10)).Messages.Select(message => message.Sequence));
    }

    [ConformanceFact(DisplayName = "A probe leaves nothing")]
    public async Task Probe_leaves_nothing()
    {
        Assert.Equal([new CommitResult.Probed(), new CommitResult.Probed()], await CommitAsync(new CommitCommand.Probe(), new CommitCommand.Probe()));
        Assert.Equal([new CommitResult.Probed()], await CommitAsync(new CommitCommand.Probe()));
        Assert.Empty(await Store.Messages.AccountsAsync(null, 10, default));
    }

    [ConformanceFact(DisplayName = "Reads beside a writer see whole transactions and no holes")]
    public async Task Reads_beside_a_writer()
    {
        const int transactions = 200;
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            var seen = 0L;
            while (seen < transactions * 5)
            {
                // Each transaction appends five messages and removes two from the front.
                var (range, messages) = await Store.Messages.PageAsync(Alice, seen, 1000, stop.Token);
                if (range is not { } held)
                    continue;
                Assert.Equal(0, held.Last % 5);
                Assert.Equal(held.Last / 5 * 2, held.First - 1);
                if (seen + 1 < held.First)
                {
                    Assert.Empty(messages);
                    seen = held.First - 1;
                    continue;
                }

                Assert.Equal(Enumerable.Range((int)seen + 1, messages.Length).Select(i => (long)i), messages.Select(message => message.Sequence));
                Assert.Equal(Math.Min(1000, held.Last - seen), messages.Length);
                seen += messages.Length;
            }
        })).ToArray();
        for (var i = 0; i < transactions; i++)
        {
            await CommitAsync(
                Append(Alice, Noon, [.. Enumerable.Range(i * 5, 5).Select(n => $"m{n}")]),
                new CommitCommand.Remove(Alice, long.MaxValue, null, 2));
        }

        var done = Task.WhenAll(readers);
        await done.WaitAsync(TimeSpan.FromMinutes(1), CancellationToken.None);
        await stop.CancelAsync();
    }

    [ConformanceFact(DisplayName = "A closed store refuses work")]
    public async Task Closed_store_refuses()
    {
        await AppendAsync(Alice, "a");
        await Store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await AppendAsync(Alice, "b"));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await Store.Messages.RangeAsync(Alice, default));
        await Store.DisposeAsync();
    }

    protected static Message Of(string id, byte body) => new(new MessageId(id), new[] { body });

    protected static CommitCommand.Append Append(AccountId account, DateTimeOffset receivedAt, params string[] ids) =>
        new(account, [.. ids.Select(id => Of(id, 0))], receivedAt);

    protected async Task<CommitResult[]> CommitAsync(params CommitCommand[] commands) => [.. await Store.CommitAsync(commands, default)];

    protected async Task<CommitResult> AppendAsync(AccountId account, params string[] ids) =>
        Assert.Single(await CommitAsync(Append(account, Noon, ids)));

    protected async Task<CommitResult> RemoveAsync(AccountId account, long upTo, int limit = 1000) =>
        Assert.Single(await CommitAsync(new CommitCommand.Remove(account, upTo, null, limit)));

    private async Task<AccountId[]> OlderThanAsync(DateTimeOffset cutoff, int limit) =>
        [.. await Store.Messages.AccountsOlderThanAsync(cutoff, limit, default)];

    protected async Task<(MessageRange? Range, ImmutableArray<StoredMessage> Messages)> PageAsync(AccountId account, long after, int limit) =>
        await Store.Messages.PageAsync(account, after, limit, default);
}

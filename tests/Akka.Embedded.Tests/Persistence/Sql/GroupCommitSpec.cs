using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Sql;
using Akka.Persistence.Sql.Journal;
using Xunit;

namespace Akka.Embedded.Tests.Persistence.Sql;

public sealed class GroupCommitSpec : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ActorSystem _system = ActorSystem.Create("group-commit", "akka.loglevel = OFF\nakka.stdout-loglevel = OFF");
    private readonly ScriptedStore _store = new();
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _roomAgain = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CommitLimits _limits = new(Rows: 100, Bytes: 1 << 20, PendingBytes: 1 << 20, Patience);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _release.TrySetResult();
        await _system.Terminate();
    }

    [Fact(DisplayName = "What arrives while a transaction is being written goes into the next one, in the order of arrival")]
    public async Task Groups()
    {
        var (commit, first) = BlockedByFirst();
        var later = Enumerable.Range(1, 20).Select(i => Enqueue(commit, $"later-{i}", 1)).ToArray();
        _release.SetResult();
        await All([first, .. later]);
        Assert.Equal([1, 20], _store.Transactions);
        Assert.Equal(["first", .. Enumerable.Range(1, 20).Select(i => $"later-{i}")], _store.Rows.Select(row => row.PersistenceId));
    }

    [Fact(DisplayName = "A transaction has no more events than the limit, unless one request alone has more")]
    public async Task Keeps_the_limit()
    {
        var (commit, first) = BlockedByFirst();
        AwaitedWrite[] later = [Enqueue(commit, "a", 60), Enqueue(commit, "b", 40), Enqueue(commit, "c", 150), Enqueue(commit, "d", 1)];
        _release.SetResult();
        await All([first, .. later]);
        Assert.Equal([1, 100, 150, 1], _store.Transactions);
    }

    [Fact(DisplayName = "A row that is refused fails the request that it is part of and no other in the same transaction")]
    public async Task One_bad_row()
    {
        _store.Refuses = row => row.PersistenceId == "bad" && row.SequenceNr == 2;
        var (commit, first) = BlockedByFirst();
        var good = Enqueue(commit, "good", 3);
        var bad = Enqueue(commit, "bad", 3);
        var better = Enqueue(commit, "better", 3);
        _release.SetResult();
        await All([first, good, better]);
        Assert.Contains("bad 2", (await Assert.ThrowsAsync<InvalidOperationException>(() => bad.Done.WaitAsync(Patience))).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_store.Rows, row => row.PersistenceId == "bad");
        Assert.Equal([1, 9, 3, 3, 3], _store.Transactions);
    }

    [Fact(DisplayName = "A transaction that the database does not take fails all its requests, and nothing is tried twice")]
    public async Task Unavailable()
    {
        _store.Before = async number =>
        {
            await _release.Task;
            if (number == 2)
                throw ScriptedStore.Broken(outcomeUnknown: false);
        };
        var commit = Commit();
        var first = Enqueue(commit, "first", 1);
        await TransactionsAsync(1);
        AwaitedWrite[] later = [Enqueue(commit, "a", 1), Enqueue(commit, "b", 1)];
        _release.SetResult();
        await first.Done.WaitAsync(Patience);
        foreach (var write in later)
            await Assert.ThrowsAsync<StoreUnavailableException>(() => write.Done.WaitAsync(Patience));
        await Enqueue(commit, "after", 1).Done.WaitAsync(Patience);
        Assert.Equal([1, 2, 1], _store.Transactions);
    }

    [Fact(DisplayName = "A commit that broke but is durable is found, and its requests succeed without being written twice")]
    public async Task Unknown_outcome_that_was_stored()
    {
        _store.After = number =>
        {
            if (number == 1)
                throw ScriptedStore.Broken(outcomeUnknown: true);
        };
        await Enqueue(Commit(), "a", 3).Done.WaitAsync(Patience);
        Assert.Equal([3], _store.Transactions);
        Assert.Equal(3, _store.Rows.Count);
    }

    [Fact(DisplayName = "A commit that broke and is not durable is written again")]
    public async Task Unknown_outcome_that_was_lost()
    {
        _store.Before = number => number == 1 ? Task.FromException(ScriptedStore.Broken(outcomeUnknown: true)) : Task.CompletedTask;
        await Enqueue(Commit(), "a", 3).Done.WaitAsync(Patience);
        Assert.Equal([3, 3], _store.Transactions);
        Assert.Equal(3, _store.Rows.Count);
    }

    [Fact(DisplayName = "Rows of the same number that another writer has stored are not taken for those of a commit that broke")]
    public async Task Unknown_outcome_beside_a_second_writer()
    {
        await Enqueue(Commit(), "a", 1).Done.WaitAsync(Patience);
        _store.Before = number => number == 2 ? Task.FromException(ScriptedStore.Broken(outcomeUnknown: true)) : Task.CompletedTask;
        var second = Enqueue(Commit(), "a", 1);
        await Assert.ThrowsAsync<InvalidOperationException>(() => second.Done.WaitAsync(Patience));
        Assert.Single(_store.Rows);
    }

    [Fact(DisplayName = "A persistence id is settled when its writes are done, whatever others wait for")]
    public async Task Settles()
    {
        var (commit, first) = BlockedByFirst();
        var settled = commit.SettledAsync("first");
        Assert.True(commit.SettledAsync("other").IsCompletedSuccessfully);
        Assert.False(settled.IsCompleted);
        _release.SetResult();
        await settled.WaitAsync(Patience);
        Assert.True(first.Done.IsCompletedSuccessfully);
    }

    [Fact(DisplayName = "Too many waiting bytes are said, and so is that there is room again")]
    public async Task Says_when_there_is_room()
    {
        var commit = Commit(_limits with { PendingBytes = 50 });
        _store.Before = _ => _release.Task;
        Assert.False(commit.IsFull);
        var write = Enqueue(commit, "a", 50);
        Assert.True(commit.IsFull);
        _release.SetResult();
        await write.Done.WaitAsync(Patience);
        await _roomAgain.Task.WaitAsync(Patience);
        Assert.False(commit.IsFull);
    }

    [Fact(DisplayName = "A stop writes what was accepted, closes the store and fails what comes later")]
    public async Task Stops()
    {
        var (commit, first) = BlockedByFirst();
        var accepted = Enqueue(commit, "accepted", 1);
        var stopped = Task.Run(() => commit.Stop(Patience));
        _release.SetResult();
        Assert.True(await stopped.WaitAsync(Patience));
        await All([first, accepted]);
        Assert.True(_store.IsClosed);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Enqueue(commit, "late", 1).Done.WaitAsync(Patience));
    }

    private GroupCommit Commit(CommitLimits? limits = null) => new(_store, limits ?? _limits, _ => { }, () => _roomAgain.TrySetResult());

    /// <summary>A writer that is inside its first transaction until it is released.</summary>
    private (GroupCommit Commit, AwaitedWrite First) BlockedByFirst()
    {
        _store.Before = _ => _release.Task;
        var commit = Commit();
        var first = Enqueue(commit, "first", 1);
        TransactionsAsync(1).Wait(Patience);
        return (commit, first);
    }

    private async Task TransactionsAsync(int count)
    {
        while (_store.Transactions.Count < count)
            await Task.Yield();
    }

    private AwaitedWrite Enqueue(GroupCommit commit, string persistenceId, int events)
    {
        var write = new AwaitedWrite([new AtomicWrite(Enumerable.Range(1, events).Select(n => (IPersistentRepresentation)new Persistent(n, n, persistenceId)).ToArray())]);
        write.Serialize(new JournalSerializer((ExtendedActorSystem)_system, null));
        commit.Enqueue(write);
        return write;
    }

    private static async Task All(IEnumerable<AwaitedWrite> writes)
    {
        foreach (var write in writes)
            await write.Done.WaitAsync(Patience);
    }
}

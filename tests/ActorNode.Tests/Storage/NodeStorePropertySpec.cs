using System.Collections.Immutable;
using ActorNode.Protocol.Messages;
using ActorNode.Storage;
using ActorNode.Tests.Support;
using Xunit;

namespace ActorNode.Tests.Storage;

/// <summary>
/// Random histories (appends with repeated ids, removals, failing transactions, restarts), carried out by a database and by the memory
/// store: every result and all that can be read afterwards must be the same. A failure names its seed.
/// </summary>
public sealed class NodeStorePropertySpec
{
    private const int Transactions = 150;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory(DisplayName = "SQLite does what the memory store does")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Sqlite_equals_model(int seed)
    {
        using var folder = new TemporaryFolder();
        // Small enough that ids move to the index all the time, and that accounts are forgotten.
        await CompareAsync(seed, new StorageSettings { DataFolder = folder.Path, BufferedIds = 50, CachedAccounts = 2 });
    }

    [PostgresTheory(DisplayName = "PostgreSQL does what the memory store does")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Postgres_equals_model(int seed) =>
        await CompareAsync(seed, new StorageSettings
        {
            Provider = StorageProvider.PostgreSql,
            ConnectionString = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(),
            CachedAccounts = 2,
        });

    private static async Task CompareAsync(int seed, StorageSettings settings)
    {
        var random = new Random(seed);
        await using var model = new InMemoryNodeStore();
        var store = await NodeStore.OpenAsync(settings, default);
        try
        {
            for (var i = 0; i < Transactions; i++)
            {
                if (random.Next(20) == 0)
                {
                    await store.DisposeAsync();
                    store = await NodeStore.OpenAsync(settings, default);
                }

                var commands = Enumerable.Range(0, random.Next(1, 8)).Select(_ => Command(random, i)).ToList();
                if (random.Next(10) == 0)
                {
                    commands.Insert(random.Next(commands.Count + 1), new CommitCommand.Append(Account(random), [], Start));
                    await Assert.ThrowsAsync<ArgumentException>(async () => await store.CommitAsync(commands, default));
                    continue;
                }

                var expected = (await model.CommitAsync(commands, default)).ToArray();
                var actual = (await store.CommitAsync(commands, default)).ToArray();
                Assert.True(expected.SequenceEqual(actual), $"Seed {seed}, transaction {i}: expected {string.Join(", ", expected.AsEnumerable())} but got {string.Join(", ", actual.AsEnumerable())}.");
                if (i % 25 == 0)
                    await CompareReadsAsync(seed, i, random, model, store);
            }

            await CompareReadsAsync(seed, Transactions, random, model, store);
        }
        finally
        {
            await store.DisposeAsync();
        }
    }

    private static async Task CompareReadsAsync(int seed, int transaction, Random random, INodeStore model, INodeStore store)
    {
        var at = $"Seed {seed}, after transaction {transaction}";
        var accounts = await model.Messages.AccountsAsync(null, int.MaxValue, default);
        Assert.True(accounts.SequenceEqual(await store.Messages.AccountsAsync(null, int.MaxValue, default)), $"{at}: accounts differ.");
        var cutoff = Start.AddSeconds(random.Next(Transactions));
        Assert.True(
            (await model.Messages.AccountsOlderThanAsync(cutoff, 3, default)).SequenceEqual(await store.Messages.AccountsOlderThanAsync(cutoff, 3, default)),
            $"{at}: accounts older than {cutoff} differ.");
        foreach (var (account, range) in accounts)
        {
            var expected = await model.Messages.PageAsync(account, range.First - 1, int.MaxValue, default);
            var actual = await store.Messages.PageAsync(account, range.First - 1, int.MaxValue, default);
            Assert.True(Equal(expected, actual), $"{at}: the messages of {account} differ.");
            var after = random.NextInt64(-1, range.Last + 2);
            Assert.True(Equal(await model.Messages.PageAsync(account, after, 3, default), await store.Messages.PageAsync(account, after, 3, default)), $"{at}: the page of {account} after {after} differs.");
            for (var i = 0; i < 10; i++)
            {
                var id = Id(random);
                Assert.True(
                    Equal(await model.Messages.FindAsync(account, id, default), await store.Messages.FindAsync(account, id, default)),
                    $"{at}: message {id} of {account} differs.");
            }
        }
    }

    private static CommitCommand Command(Random random, int transaction) => random.Next(8) switch
    {
        0 => new CommitCommand.Probe(),
        1 => new CommitCommand.Remove(Account(random), random.Next(200), null, random.Next(1, 30)),
        2 => new CommitCommand.Remove(Account(random), long.MaxValue, Start.AddSeconds(random.Next(transaction + 1)), random.Next(1, 30)),
        _ => new CommitCommand.Append(
            Account(random),
            [.. Enumerable.Range(0, random.Next(1, 25)).Select(_ => new Message(Id(random), Body(random)))],
            Start.AddSeconds(transaction + random.Next(-3, 3))),
    };

    private static AccountId Account(Random random) => new($"account-{random.Next(5)}");

    private static MessageId Id(Random random) => new($"id-{random.Next(400)}");

    private static byte[] Body(Random random)
    {
        var body = new byte[random.Next(10) == 0 ? random.Next(10_000) : random.Next(50)];
        random.NextBytes(body);
        return body;
    }

    private static bool Equal(
        (MessageRange? Range, ImmutableArray<StoredMessage> Messages) left,
        (MessageRange? Range, ImmutableArray<StoredMessage> Messages) right) =>
        left.Range == right.Range && left.Messages.Length == right.Messages.Length && left.Messages.Zip(right.Messages).All(pair => Equal(pair.First, pair.Second));

    private static bool Equal(StoredMessage? left, StoredMessage? right) =>
        left is null || right is null
            ? left is null && right is null
            : left with { Body = default } == right with { Body = default } && left.Body.Span.SequenceEqual(right.Body.Span);
}

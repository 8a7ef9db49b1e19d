using ActorNode.Storage;
using ActorNode.Storage.Sqlite;
using ActorNode.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ActorNode.Tests.Storage.Sqlite;

/// <summary>The id index's buffer, its log and its moves, without a store around them.</summary>
public sealed class SqliteIdIndexSpec : IDisposable
{
    private const int BufferedIds = 500;

    private readonly TemporaryFolder _folder = new();
    private readonly SqliteConnection _connection;

    public SqliteIdIndexSpec() => _connection = new SqliteFile(new StorageSettings { DataFolder = _folder.Path }).Create();

    public void Dispose()
    {
        _connection.Dispose();
        _folder.Dispose();
    }

    [Theory(DisplayName = "The log rebuilds the buffer as it was, at any moment, and every entry is either in the buffer or in the index")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Rebuilds_the_buffer(int seed)
    {
        var random = new Random(seed);
        var live = new SqliteIdIndex(_connection, BufferedIds);
        var (first, next) = (1L, 1L);
        for (var transaction = 0; transaction < 400; transaction++)
        {
            var rollBack = random.Next(10) == 0;
            var (added, removed) = (random.Next(30), Math.Min(random.Next(25), (int)(next - first)));
            SqliteFile.Execute(_connection, "BEGIN");
            for (var i = 0; i < added; i++)
                live.Add(account: 1, Id(next + i), Hash(next + i), MessageKey.Of(1, next + i));
            for (var i = 0; i < removed; i++)
                live.Remove(account: 1, Id(first + i), MessageKey.Of(1, first + i));
            live.Write();
            SqliteFile.Execute(_connection, rollBack ? "ROLLBACK" : "COMMIT");
            if (rollBack)
            {
                live.RolledBack();
            }
            else
            {
                live.Committed();
                (first, next) = (first + removed, next + added);
            }

            if (transaction % 20 != 0)
                continue;
            using var rebuilt = new SqliteIdIndex(_connection, BufferedIds);
            Assert.Equal(Entries(live.Buffer), Entries(rebuilt.Buffer));
            Assert.Equal(Expected(first, next), Present(live.Buffer));

            // The rebuilt one carries on as the live one would.
            if (random.Next(3) == 0)
            {
                live.Dispose();
                live = new SqliteIdIndex(_connection, BufferedIds);
            }
        }

        Assert.InRange(live.Buffer.Count, 1, BufferedIds + 55);
        live.Dispose();
    }

    [Fact(DisplayName = "Buckets are in the order of the index, and spread over all hashes")]
    public void Orders_buckets()
    {
        Assert.Equal(0, IdBuffer.BucketOf(long.MinValue));
        Assert.Equal(IdBuffer.Buckets - 1, IdBuffer.BucketOf(long.MaxValue));
        Assert.Equal(IdBuffer.Buckets / 2, IdBuffer.BucketOf(0));
        Assert.Equal((IdBuffer.Buckets / 2) - 1, IdBuffer.BucketOf(-1));
    }

    private static string Id(long sequence) => $"m{sequence}";

    private static long Hash(long sequence) => MessageIdHash.Of(1, System.Text.Encoding.UTF8.GetBytes(Id(sequence)));

    private static List<IdEntry> Entries(IdBuffer buffer)
    {
        var entries = new List<IdEntry>();
        for (var bucket = 0; bucket < IdBuffer.Buckets; bucket++)
            buffer.CopyTo(bucket, entries);
        return entries;
    }

    private static long[] Expected(long first, long next) =>
        [.. Enumerable.Range((int)first, (int)(next - first)).Select(sequence => (long)sequence)];

    /// <summary>The sequences of the entries of index and buffer, additions less removals; twice the same entry would show.</summary>
    private long[] Present(IdBuffer buffer)
    {
        var keys = new List<long>();
        using (var index = new SqliteStatement(_connection, "SELECT key FROM id_index"))
        {
            while (index.Step())
                keys.Add(index.Int64(0));
        }

        foreach (var entry in Entries(buffer))
        {
            if (entry.Key > 0)
                keys.Add(entry.Key);
            else
                Assert.True(keys.Remove(-entry.Key));
        }

        return [.. keys.Select(MessageKey.Sequence).Order()];
    }
}

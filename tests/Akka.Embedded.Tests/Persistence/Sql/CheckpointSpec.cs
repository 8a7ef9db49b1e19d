using Akka.Configuration;
using Akka.Persistence.Sql.Config;
using Akka.Persistence.Sql.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Akka.Embedded.Tests.Persistence.Sql;

public sealed class CheckpointSpec : SqliteSpec
{
    private const int CheckpointBytes = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact(DisplayName = "While events are written the log is copied to the database file again and again, so it stays small, and nothing is missing afterwards")]
    public async Task Log_stays_small()
    {
        var journal = $"akka.persistence.journal.sql.sqlite.checkpoint-bytes = {CheckpointBytes} B";
        await RunAsync(journal, async system =>
        {
            await using var holder = await Holder.StartAsync(system, "a");
            var longest = 0L;
            for (var i = 0; i < 2_000; i++)
            {
                await holder.PersistAsync($"event {i} {new string('x', 500)}");
                longest = Math.Max(longest, new FileInfo(File + "-wal").Length);
            }

            // All that was written is some 20 MiB of log. While a copy is under way the log grows, on a busy machine for a while.
            Assert.InRange(longest, CheckpointBytes, 8 << 20);
        });
        Assert.Equal(["2000|2000"], Rows(File, "SELECT COUNT(*), MAX(sequence_number) FROM journal"));
        Assert.Equal(["ok"], Rows(File, "PRAGMA integrity_check"));
    }

    [Fact(DisplayName = "The copy is made on a connection of its own, and the log begins anew after it")]
    public async Task Copies_beside()
    {
        var file = new SqliteFile(Settings());
        using var writer = file.OpenWriter(["CREATE TABLE t (x BLOB)"]);
        using var checkpointer = file.Checkpointer(writer, failure => Assert.Fail(failure.ToString()));
        Insert(writer, CheckpointBytes);
        var grown = new FileInfo(File + "-wal").Length;
        checkpointer.Advance();
        await checkpointer.Copying.WaitAsync(Patience);
        Assert.True(new FileInfo(File).Length > CheckpointBytes, "the pages are in the database file");
        checkpointer.Advance();
        Insert(writer, 100);
        // Written over from its beginning: it has not grown.
        Assert.Equal(grown, new FileInfo(File + "-wal").Length);
    }

    [Fact(DisplayName = "A copy that fails is reported and made again later; what is written meanwhile is kept")]
    public async Task Failed_copy()
    {
        var file = new SqliteFile(Settings());
        using var writer = file.OpenWriter(["CREATE TABLE t (x BLOB)"]);
        var failures = new List<Exception>();
        var broken = true;
        using var checkpointer = new SqliteCheckpointer(
            writer, () => broken ? throw new SqliteException("disk I/O error", 10) : file.OpenWriter([]), pages: 8, failures.Add);
        foreach (var expected in new[] { 1, 2 })
        {
            Insert(writer, CheckpointBytes);
            checkpointer.Advance();
            await checkpointer.Copying.WaitAsync(Patience);
            checkpointer.Advance();
            Assert.Equal(expected, failures.Count);
        }

        broken = false;
        Insert(writer, CheckpointBytes);
        checkpointer.Advance();
        await checkpointer.Copying.WaitAsync(Patience);
        Assert.True(new FileInfo(File).Length > 3 * CheckpointBytes, "the pages of all three are in the database file");
        Assert.Equal(2, failures.Count);
    }

    private SqlSettings Settings() => JournalSettings.From("sql", ConfigurationFactory.ParseString(
        $"connection-string = \"Data Source={File}\", provider-name = SQLite.MS, sqlite.checkpoint-bytes = {CheckpointBytes} B")
        .WithFallback(Akka.Persistence.Sql.SqlPersistence.DefaultConfiguration.GetConfig("akka.persistence.journal.sql"))).Sql;

    private static void Insert(SqliteConnection connection, int bytes)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"INSERT INTO t VALUES (randomblob({bytes}))";
        command.ExecuteNonQuery();
    }
}

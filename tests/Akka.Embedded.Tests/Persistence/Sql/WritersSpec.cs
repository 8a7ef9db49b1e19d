using Akka.Configuration;
using Akka.Persistence.Sql.Config;
using Akka.Persistence.Sql.Sqlite;
using Xunit;

namespace Akka.Embedded.Tests.Persistence.Sql;

public sealed class WritersSpec : SqliteSpec
{
    [Fact(DisplayName = "A second writer of one persistence id is stopped by the unique index, with an error that says so; the first goes on")]
    public async Task Second_writer()
    {
        await RunAsync("", async first =>
        {
            await RunAsync("", async second =>
            {
                await using var ours = await Holder.StartAsync(first, "shared");
                await using var theirs = await Holder.StartAsync(second, "shared");
                await ours.PersistAsync("ours 1");
                var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => theirs.PersistAsync("theirs 1"));
                Assert.Contains("sequence number 1 of [shared]", refused.Message, StringComparison.Ordinal);
                Assert.Contains("another actor", refused.Message, StringComparison.Ordinal);
                await theirs.StoppedAsync();
                await ours.PersistAsync("ours 2");
            });
            Assert.Equal(["ours 1", "ours 2"], (await first.RecoverAsync("shared")).Select(e => e.What));
        });
    }

    [Fact(DisplayName = "After a restart of the system the sequence goes on, deleted events included")]
    public async Task Goes_on_after_deletion()
    {
        await RunAsync("", async system =>
        {
            await using var holder = await Holder.StartAsync(system, "a");
            await holder.PersistAsync("1");
            await holder.PersistAsync("2");
            await holder.DeleteAsync(2);
        });
        Assert.Equal(["2|1"], Rows(File, "SELECT sequence_number, deleted FROM journal"));
        await RunAsync("", async system =>
        {
            Assert.Empty(await system.RecoverAsync("a"));
            await system.PersistAsync("a", "3");
            Assert.Equal([("3", 3L)], (await system.RecoverAsync("a")).Select(e => ((string)e.What, e.SequenceNr)));
        });
    }

    [Fact(DisplayName = "Compatibility of deletion: the highest deleted number stands in the table of metadata, and counts")]
    public async Task Metadata()
    {
        const string compatible = "akka.persistence.journal.sql.delete-compatibility-mode = true";
        await RunAsync(compatible, async system =>
        {
            await using var holder = await Holder.StartAsync(system, "a");
            for (var i = 1; i <= 3; i++)
                await holder.PersistAsync($"{i}");
            await holder.DeleteAsync(1);
            await holder.DeleteAsync(2);
        });
        Assert.Equal(["a|2"], Rows(File, "SELECT persistence_id, sequence_number FROM journal_metadata"));
        // As plugins before left it: no row in the journal.
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={File};Pooling=false"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "DELETE FROM journal";
            command.ExecuteNonQuery();
        }

        await RunAsync(compatible, async system =>
        {
            await system.PersistAsync("a", "next");
            Assert.Equal(3, (await system.RecoverAsync("a")).Single().SequenceNr);
        });
    }

    [Fact(DisplayName = "The connection that writes waits for the disk at each commit, unless that is switched off")]
    public void Flushes()
    {
        foreach (var (synchronous, level) in new[] { ("full", 2L), ("normal", 1L) })
        {
            var settings = JournalSettings.From("sql", Section($"sqlite.synchronous = {synchronous}")).Sql;
            using var connection = new SqliteFile(settings).OpenWriter([]);
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA synchronous";
            Assert.Equal(level, command.ExecuteScalar());
            command.CommandText = "PRAGMA journal_mode";
            Assert.Equal("wal", command.ExecuteScalar());
        }
    }

    [Fact(DisplayName = "A new file has small pages, and a log that nobody has copied is copied by a commit when it is four times as long as it should be")]
    public void Pages()
    {
        using var connection = new SqliteFile(JournalSettings.From("sql", Section("sqlite.checkpoint-bytes = 1 MiB")).Sql).OpenWriter([]);
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA page_size";
        Assert.Equal(2048L, command.ExecuteScalar());
        command.CommandText = "PRAGMA wal_autocheckpoint";
        Assert.Equal(4 * 512L, command.ExecuteScalar());
    }

    [Theory(DisplayName = "Settings that this engine cannot serve are refused by name")]
    [InlineData("provider-name = SqlServer.2022", "provider-name is [SqlServer.2022]")]
    [InlineData("provider-name = null", "SQLite.MS and PostgreSQL.15")]
    [InlineData("connection-string = \"\"", "connection-string is empty")]
    [InlineData("connection-string = \"Data Source=:memory:\"", "must name a file")]
    [InlineData("connection-string = \"Data Source=x;Mode=Memory;Cache=Shared\"", "must name a file")]
    [InlineData("connection-string = \"Nonsense=1\"", "is not one of SQLite")]
    [InlineData("table-mapping = sqlite", "table-mapping is [sqlite]")]
    [InlineData("tag-write-mode = Nowhere", "tag-write-mode is [Nowhere]")]
    [InlineData("replay-batch-size = 0", "replay-batch-size is 0")]
    [InlineData("max-pending-bytes = 0", "max-pending-bytes")]
    [InlineData("default.journal.table-name = \"\"", "default.journal.table-name")]
    [InlineData("default.schema-name = own", "SQLite has no schemas")]
    [InlineData("sqlite.synchronous = off", "sqlite.synchronous is [off]")]
    [InlineData("sqlite.checkpoint-bytes = 1 KiB", "sqlite.checkpoint-bytes is [1 KiB]")]
    public void Refuses(string setting, string message)
    {
        var refused = Assert.Throws<ConfigurationException>(() => new SqliteFile(JournalSettings.From("sql", Section(setting)).Sql));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A PostgreSQL connection string that is malformed is refused without being shown")]
    public void Hides_connection_strings()
    {
        var settings = JournalSettings.From("sql", Section("provider-name = PostgreSQL.15, connection-string = \"Host=h;Pasword=secret\"")).Sql;
        var refused = Assert.Throws<ConfigurationException>(() => new Akka.Persistence.Sql.PostgreSql.PostgresDatabase(settings));
        Assert.DoesNotContain("secret", refused.ToString(), StringComparison.Ordinal);
    }

    private Config Section(string setting) => ConfigurationFactory.ParseString(setting)
        .WithFallback($"connection-string = \"Data Source={File}\", provider-name = SQLite.MS, circuit-breaker.call-timeout = 10s")
        .WithFallback(ConfigurationFactory.Default().GetConfig("akka.persistence.journal.sql"));
}

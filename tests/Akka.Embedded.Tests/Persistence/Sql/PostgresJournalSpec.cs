using ActorNode.Tests.Support;
using Akka.Actor;
using Akka.Configuration;
using Npgsql;
using Xunit;

namespace Akka.Embedded.Tests.Persistence.Sql;

public sealed class PostgresJournalSpec
{
    /// <summary>What Akka.Persistence.Sql 1.5.30 runs for its default mapping and provider PostgreSQL.15.</summary>
    private const string Original =
        """
        CREATE TABLE IF NOT EXISTS journal (ordering BIGINT GENERATED ALWAYS AS IDENTITY NOT NULL, created BigInt NOT NULL,
          deleted Boolean NOT NULL, persistence_id text NOT NULL, sequence_number BigInt NOT NULL, message bytea NOT NULL,
          manifest text NULL, identifier Int NULL, writer_uuid text NULL, CONSTRAINT "PK_journal" PRIMARY KEY (ordering));
        alter table journal add constraint journal_uq unique (persistence_id, sequence_number);
        create index journal_created_idx on journal (created);
        create index journal_sequence_number_idx on journal (sequence_number);
        CREATE TABLE IF NOT EXISTS tags (ordering_id BigInt NOT NULL, tag text NOT NULL, sequence_nr BigInt NOT NULL,
          persistence_id text NOT NULL, CONSTRAINT "PK_tags" PRIMARY KEY (ordering_id, tag));
        create index tags_persistence_id_sequence_nr_idx on tags (persistence_id, sequence_nr);
        create index tags_tag_idx on tags (tag);
        CREATE TABLE IF NOT EXISTS journal_metadata (persistence_id text NOT NULL, sequence_number BigInt NOT NULL,
          CONSTRAINT "PK_journal_metadata" PRIMARY KEY (sequence_number, persistence_id));
        CREATE TABLE IF NOT EXISTS snapshot (persistence_id text NOT NULL, sequence_number BigInt NOT NULL, created BigInt NOT NULL,
          snapshot bytea NULL, manifest text NULL, serializer_id Int NULL, CONSTRAINT "PK_snapshot" PRIMARY KEY (persistence_id, sequence_number));
        create index snapshot_sequence_number_idx on snapshot (sequence_number);
        create index snapshot_created_idx on snapshot (created);
        """;

    [PostgresFact(DisplayName = "Tables, columns, types, keys and indices are those of Akka.Persistence.Sql, and a database that it made is taken as it is")]
    public async Task Same_layout()
    {
        var server = await PostgresServer.SharedAsync();
        var (ours, theirs) = (await server.CreateDatabaseAsync(), await server.CreateDatabaseAsync());
        await ExecuteAsync(theirs, Original);
        var expected = await LayoutAsync(theirs);
        foreach (var database in new[] { ours, theirs })
        {
            await RunAsync(database, "akka.persistence.journal.sql.delete-compatibility-mode = true", async system =>
            {
                await system.PersistAsync("a", new Akka.Persistence.Journal.Tagged("event", ["x"]));
                await system.SnapshotAsync("a", "state");
                await system.SnapshotAsync("a", "newer state");
                Assert.Equal("newer state", (await system.RecoverAsync("a"))[0].What);
            });
            Assert.Equal(expected, await LayoutAsync(database));
            Assert.Equal(["1|x|1|a"], await RowsAsync(database, "SELECT ordering_id, tag, sequence_nr, persistence_id FROM tags"));
        }
    }

    [PostgresFact(DisplayName = "Tags in a column: the journal has it and there is no table of tags")]
    public async Task Tag_column()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await RunAsync(database, "akka.persistence.journal.sql.tag-write-mode = Csv", system => system.PersistAsync("a", new Akka.Persistence.Journal.Tagged("event", ["x", "y"])));
        Assert.Equal([";x;y;"], await RowsAsync(database, "SELECT tags FROM journal"));
        Assert.Empty(await RowsAsync(database, "SELECT tablename FROM pg_tables WHERE tablename = 'tags'"));
    }

    [PostgresFact(DisplayName = "When the server drops the connection the next write opens another one, and no actor notices")]
    public async Task Survives_a_broken_connection()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await RunAsync(database, "", async system =>
        {
            await using var holder = await Holder.StartAsync(system, "a");
            for (var i = 1; i <= 5; i++)
            {
                await holder.PersistAsync($"{i}");
                await ExecuteAsync(database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
            }

            await holder.PersistAsync("last");
        });
        Assert.Equal(["1", "2", "3", "4", "5", "6"], await RowsAsync(database, "SELECT sequence_number FROM journal ORDER BY ordering"));
    }

    [PostgresFact(DisplayName = "While the server is gone writes fail and stop their actors; when it is back the next ones succeed")]
    public async Task Server_gone()
    {
        await using var server = await PostgresServer.StartNewAsync();
        var database = await server.CreateDatabaseAsync();
        await RunAsync(database, "akka.persistence.journal.sql.circuit-breaker { call-timeout = 2s, max-failures = 1000 }", async system =>
        {
            await using (var holder = await Holder.StartAsync(system, "a"))
            {
                await holder.PersistAsync("before");
                await server.StopAsync();
                await Assert.ThrowsAnyAsync<Exception>(() => holder.PersistAsync("while it is gone"));
                await holder.StoppedAsync();
            }

            await server.StartAsync();
            await PersistWhenItWorksAsync(system);
        });
        Assert.Equal(["1", "2"], await RowsAsync(database, "SELECT sequence_number FROM journal ORDER BY ordering"));
    }

    /// <summary>The journal itself waits before it tries to connect again: what comes before fails.</summary>
    private static async Task PersistWhenItWorksAsync(ActorSystem system)
    {
        var deadline = DateTime.UtcNow + TimeSpan.FromSeconds(60);
        while (true)
        {
            try
            {
                await system.PersistAsync("a", "after");
                return;
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException && DateTime.UtcNow < deadline)
            {
                await Task.Delay(100);
            }
        }
    }

    private static async Task RunAsync(string connectionString, string hocon, Func<ActorSystem, Task> work)
    {
        var system = ActorSystem.Create("sql", ConfigurationFactory.ParseString(
            $$"""
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            akka.persistence {
              journal.plugin = "akka.persistence.journal.sql"
              journal.sql { connection-string = "{{connectionString}}", provider-name = PostgreSQL.15 }
              snapshot-store.plugin = "akka.persistence.snapshot-store.sql"
              snapshot-store.sql { connection-string = "{{connectionString}}", provider-name = PostgreSQL.15 }
            }
            {{hocon}}
            """));
        try
        {
            await work(system);
        }
        finally
        {
            await system.Terminate();
        }
    }

    private static async Task<string[]> LayoutAsync(string database) =>
    [
        .. await RowsAsync(database, "SELECT table_name, column_name, data_type, is_nullable, is_identity, ordinal_position FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"),
        .. await RowsAsync(database, "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname"),
        .. await RowsAsync(database, "SELECT conname, contype FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY conname")
    ];

    private static async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string[]> RowsAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => $"{reader.GetValue(i)}")));
        return [.. rows];
    }
}

using Microsoft.Data.Sqlite;
using Xunit;

namespace Akka.Embedded.Tests.Persistence.Sql;

/// <summary>A database that Akka.Persistence.Sql made and one that this engine makes must be the same, column by column.</summary>
public sealed class SqliteTablesSpec : SqliteSpec
{
    /// <summary>What Akka.Persistence.Sql 1.5.30 runs for its default mapping.</summary>
    private const string Original =
        """
        CREATE TABLE IF NOT EXISTS [journal] ([ordering] INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, [created] BigInt NOT NULL,
          [deleted] Bit NOT NULL, [persistence_id] NVarChar(255) NOT NULL, [sequence_number] BigInt NOT NULL, [message] VarBinary NOT NULL,
          [manifest] NVarChar(500) NULL, [identifier] INTEGER NULL, [writer_uuid] NVarChar(128) NULL);
        CREATE UNIQUE INDEX IF NOT EXISTS journal_uq ON journal (persistence_id, sequence_number);
        CREATE INDEX IF NOT EXISTS journal_created_idx ON journal (created);
        CREATE INDEX IF NOT EXISTS journal_sequence_number_idx ON journal (sequence_number);
        CREATE TABLE IF NOT EXISTS [tags] ([ordering_id] INTEGER NOT NULL, [tag] NVarChar(64) NOT NULL, [sequence_nr] INTEGER NOT NULL,
          [persistence_id] NVarChar(255) NOT NULL, CONSTRAINT [PK_tags] PRIMARY KEY ([ordering_id], [tag]));
        CREATE INDEX IF NOT EXISTS tags_persistence_id_sequence_nr_idx ON tags (persistence_id, sequence_nr);
        CREATE INDEX IF NOT EXISTS tags_tag_idx ON tags (tag);
        CREATE TABLE IF NOT EXISTS [journal_metadata] ([persistence_id] NVarChar(255) NOT NULL, [sequence_number] BigInt NOT NULL,
          CONSTRAINT [PK_journal_metadata] PRIMARY KEY ([sequence_number], [persistence_id]));
        CREATE TABLE IF NOT EXISTS [snapshot] ([persistence_id] NVarChar(255) NOT NULL, [sequence_number] BigInt NOT NULL,
          [created] BigInt NOT NULL, [snapshot] VarBinary NULL, [manifest] NVarChar(500) NULL, [serializer_id] INTEGER NULL,
          CONSTRAINT [PK_snapshot] PRIMARY KEY ([persistence_id], [sequence_number]));
        CREATE INDEX IF NOT EXISTS snapshot_sequence_number_idx ON snapshot (sequence_number);
        CREATE INDEX IF NOT EXISTS snapshot_created_idx ON snapshot (created);
        """;

    [Fact(DisplayName = "Tables, columns, types, keys and indices are those of Akka.Persistence.Sql")]
    public async Task Same_layout()
    {
        await RunAsync("akka.persistence.journal.sql.delete-compatibility-mode = true", async system =>
        {
            await system.PersistAsync("a", "event");
            await system.SnapshotAsync("a", "state");
        });
        var other = Path.Combine(Folder, "original.db");
        Execute(other, Original);
        Assert.Equal(Layout(other), Layout(File));
    }

    [Fact(DisplayName = "Tags in a column: the journal has one more column and there is no table of tags")]
    public async Task Tag_column()
    {
        await RunAsync("akka.persistence.journal.sql.tag-write-mode = Csv", system => system.PersistAsync("a", new Akka.Persistence.Journal.Tagged("event", ["x", "y"])));
        Assert.Equal(";x;y;", Rows(File, "SELECT tags FROM journal").Single());
        Assert.Empty(Rows(File, "SELECT name FROM sqlite_schema WHERE name = 'tags'"));
    }

    [Fact(DisplayName = "Tags in both places: the column and rows that carry the event's ordering")]
    public async Task Both_tag_places()
    {
        await RunAsync("akka.persistence.journal.sql.tag-write-mode = Both", async system =>
        {
            await system.PersistAsync("a", "untagged");
            await system.PersistAsync("a", new Akka.Persistence.Journal.Tagged("event", ["x", "y"]));
        });
        Assert.Equal(["", ";x;y;"], Rows(File, "SELECT tags FROM journal ORDER BY ordering"));
        Assert.Equal(["2|x|2|a", "2|y|2|a"], Rows(File, "SELECT ordering_id, tag, sequence_nr, persistence_id FROM tags ORDER BY tag"));
    }

    private static string[] Layout(string path) =>
    [
        .. Rows(path, "SELECT t.name, c.name, c.type, c.[notnull], c.pk FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY t.name, c.cid"),
        .. Rows(path, "SELECT t.name, i.name, i.[unique], i.origin, c.seqno, c.name FROM sqlite_schema t, pragma_index_list(t.name) i, pragma_index_info(i.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY t.name, i.name, c.seqno")
    ];

    private static void Execute(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

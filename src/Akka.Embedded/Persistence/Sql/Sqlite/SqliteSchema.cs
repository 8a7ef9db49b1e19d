using Akka.Persistence.Sql.Config;

namespace Akka.Persistence.Sql.Sqlite;

/// <summary>Tables and indices as Akka.Persistence.Sql creates them.</summary>
internal static class SqliteSchema
{
    public static IEnumerable<string> Journal(JournalSettings settings)
    {
        var journal = settings.Journal;
        var (table, id, number) = (Quote(journal.Name), journal.PersistenceId, journal.SequenceNumber);
        var tags = settings.HasTagColumn ? $"{Quote(journal.Tags)} NVarChar(100) NULL, " : "";
        var writer = journal.WriterUuid is { } column ? $", {Quote(column)} NVarChar(128) NULL" : "";
        yield return $"CREATE TABLE IF NOT EXISTS {table} ({Quote(journal.Ordering)} INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "
            + $"{Quote(journal.Created)} BigInt NOT NULL, {Quote(journal.Deleted)} Bit NOT NULL, {Quote(id)} NVarChar(255) NOT NULL, "
            + $"{Quote(number)} BigInt NOT NULL, {Quote(journal.Message)} VarBinary NOT NULL, {tags}{Quote(journal.Manifest)} NVarChar(500) NULL, "
            + $"{Quote(journal.Identifier)} INTEGER NULL{writer})";
        yield return $"CREATE UNIQUE INDEX IF NOT EXISTS {Quote($"{journal.Name}_uq")} ON {table} ({Quote(id)}, {Quote(number)})";
        yield return Index(journal.Name, journal.Created);
        yield return Index(journal.Name, number);
        if (settings.HasTagTable)
        {
            var tag = settings.Tags;
            yield return $"CREATE TABLE IF NOT EXISTS {Quote(tag.Name)} ({Quote(tag.OrderingId)} INTEGER NOT NULL, {Quote(tag.Tag)} NVarChar(64) NOT NULL, "
                + $"{Quote(tag.SequenceNumber)} INTEGER NOT NULL, {Quote(tag.PersistenceId)} NVarChar(255) NOT NULL, "
                + $"CONSTRAINT {Quote($"PK_{tag.Name}")} PRIMARY KEY ({Quote(tag.OrderingId)}, {Quote(tag.Tag)}))";
            yield return Index(tag.Name, tag.PersistenceId, tag.SequenceNumber);
            yield return Index(tag.Name, tag.Tag);
        }

        if (settings.Metadata is { } metadata)
        {
            yield return $"CREATE TABLE IF NOT EXISTS {Quote(metadata.Name)} ({Quote(metadata.PersistenceId)} NVarChar(255) NOT NULL, "
                + $"{Quote(metadata.SequenceNumber)} BigInt NOT NULL, "
                + $"CONSTRAINT {Quote($"PK_{metadata.Name}")} PRIMARY KEY ({Quote(metadata.SequenceNumber)}, {Quote(metadata.PersistenceId)}))";
        }
    }

    public static IEnumerable<string> Snapshots(SnapshotTable table)
    {
        yield return $"CREATE TABLE IF NOT EXISTS {Quote(table.Name)} ({Quote(table.PersistenceId)} NVarChar(255) NOT NULL, "
            + $"{Quote(table.SequenceNumber)} BigInt NOT NULL, {Quote(table.Created)} BigInt NOT NULL, {Quote(table.Snapshot)} VarBinary NULL, "
            + $"{Quote(table.Manifest)} NVarChar(500) NULL, {Quote(table.SerializerId)} INTEGER NULL, "
            + $"CONSTRAINT {Quote($"PK_{table.Name}")} PRIMARY KEY ({Quote(table.PersistenceId)}, {Quote(table.SequenceNumber)}))";
        yield return Index(table.Name, table.SequenceNumber);
        yield return Index(table.Name, table.Created);
    }

    private static string Index(string table, params string[] columns) =>
        $"CREATE INDEX IF NOT EXISTS {Quote($"{table}_{string.Join('_', columns)}_idx")} ON {Quote(table)} ({string.Join(", ", columns.Select(Quote))})";

    private static string Quote(string name) => SqliteFile.Quote(name);
}

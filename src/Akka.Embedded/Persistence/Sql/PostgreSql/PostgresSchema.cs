using Akka.Persistence.Sql.Config;

namespace Akka.Persistence.Sql.PostgreSql;

/// <summary>Tables and indices as Akka.Persistence.Sql creates them.</summary>
internal static class PostgresSchema
{
    public static IEnumerable<string> Journal(PostgresDatabase database, JournalSettings settings)
    {
        var journal = settings.Journal;
        var (table, id, number) = (database.Table(journal.Name), journal.PersistenceId, journal.SequenceNumber);
        var ordering = settings.Sql.Provider.Identity ? "BIGINT GENERATED ALWAYS AS IDENTITY NOT NULL" : "BIGSERIAL NOT NULL";
        var tags = settings.HasTagColumn ? $"{Quote(journal.Tags)} text NULL, " : "";
        var writer = journal.WriterUuid is { } column ? $"{Quote(column)} text NULL, " : "";
        yield return $"CREATE TABLE IF NOT EXISTS {table} ({Quote(journal.Ordering)} {ordering}, {Quote(journal.Created)} BigInt NOT NULL, "
            + $"{Quote(journal.Deleted)} Boolean NOT NULL, {Quote(id)} text NOT NULL, {Quote(number)} BigInt NOT NULL, {Quote(journal.Message)} bytea NOT NULL, "
            + $"{tags}{Quote(journal.Manifest)} text NULL, {Quote(journal.Identifier)} Int NULL, {writer}"
            + $"CONSTRAINT {Quote($"PK_{journal.Name}")} PRIMARY KEY ({Quote(journal.Ordering)}))";
        yield return $"DO $do$ BEGIN ALTER TABLE {table} ADD CONSTRAINT {Quote($"{journal.Name}_uq")} UNIQUE ({Quote(id)}, {Quote(number)}); "
            + "EXCEPTION WHEN duplicate_table THEN NULL; END $do$";
        yield return Index(database, journal.Name, journal.Created);
        yield return Index(database, journal.Name, number);
        if (settings.HasTagTable)
        {
            var tag = settings.Tags;
            yield return $"CREATE TABLE IF NOT EXISTS {database.Table(tag.Name)} ({Quote(tag.OrderingId)} BigInt NOT NULL, {Quote(tag.Tag)} text NOT NULL, "
                + $"{Quote(tag.SequenceNumber)} BigInt NOT NULL, {Quote(tag.PersistenceId)} text NOT NULL, "
                + $"CONSTRAINT {Quote($"PK_{tag.Name}")} PRIMARY KEY ({Quote(tag.OrderingId)}, {Quote(tag.Tag)}))";
            yield return Index(database, tag.Name, tag.PersistenceId, tag.SequenceNumber);
            yield return Index(database, tag.Name, tag.Tag);
        }

        if (settings.Metadata is { } metadata)
        {
            yield return $"CREATE TABLE IF NOT EXISTS {database.Table(metadata.Name)} ({Quote(metadata.PersistenceId)} text NOT NULL, "
                + $"{Quote(metadata.SequenceNumber)} BigInt NOT NULL, "
                + $"CONSTRAINT {Quote($"PK_{metadata.Name}")} PRIMARY KEY ({Quote(metadata.SequenceNumber)}, {Quote(metadata.PersistenceId)}))";
        }
    }

    public static IEnumerable<string> Snapshots(PostgresDatabase database, SnapshotTable table)
    {
        yield return $"CREATE TABLE IF NOT EXISTS {database.Table(table.Name)} ({Quote(table.PersistenceId)} text NOT NULL, "
            + $"{Quote(table.SequenceNumber)} BigInt NOT NULL, {Quote(table.Created)} BigInt NOT NULL, {Quote(table.Snapshot)} bytea NULL, "
            + $"{Quote(table.Manifest)} text NULL, {Quote(table.SerializerId)} Int NULL, "
            + $"CONSTRAINT {Quote($"PK_{table.Name}")} PRIMARY KEY ({Quote(table.PersistenceId)}, {Quote(table.SequenceNumber)}))";
        yield return Index(database, table.Name, table.SequenceNumber);
        yield return Index(database, table.Name, table.Created);
    }

    private static string Index(PostgresDatabase database, string table, params string[] columns) =>
        $"CREATE INDEX IF NOT EXISTS {Quote($"{table}_{string.Join('_', columns)}_idx")} ON {database.Table(table)} ({string.Join(", ", columns.Select(Quote))})";

    private static string Quote(string name) => PostgresDatabase.Quote(name);
}

using Akka.Hosting;
using Akka.Persistence.Hosting;
using Akka.Persistence.Sql.Hosting;
using Microsoft.Data.Sqlite;

namespace ActorNode.Storage.Journal;

/// <summary>Gives persistent actors their journal and snapshot store.</summary>
public static class JournalHosting
{
    // linq2db's names, which Akka.Persistence.Sql goes by.
    private const string SqliteProvider = "SQLite.MS";
    private const string PostgresProvider = "PostgreSQL.15";

    /// <summary>
    /// Journal and snapshots in the database that the settings name: with SQLite a file of their own beside the node's, so that neither
    /// writer waits for the other. Both open with the first persistent actor.
    /// </summary>
    /// <param name="builder">The actor system.</param>
    /// <param name="storage">Where the node's data are.</param>
    /// <param name="events">What persistent actors may write. Events of other types are written by the actor system's default serializer.</param>
    public static AkkaConfigurationBuilder WithJournal(this AkkaConfigurationBuilder builder, StorageSettings storage, EventCatalog events)
    {
        builder.WithCustomSerializer("actornode-events", events.Types, system => new EventSerializer(system, events));
        return storage.Provider switch
        {
            StorageProvider.Sqlite => builder.WithSqlPersistence(SqliteConnectionString(storage), SqliteProvider),
            StorageProvider.PostgreSql => builder.WithSqlPersistence(storage.ConnectionString, PostgresProvider),
            _ => builder.WithInMemoryJournal().WithInMemorySnapshotStore(),
        };
    }

    private static string SqliteConnectionString(StorageSettings storage) =>
        new SqliteConnectionStringBuilder { DataSource = Path.GetFullPath(Path.Combine(storage.DataFolder, storage.JournalFileName)) }.ToString();
}

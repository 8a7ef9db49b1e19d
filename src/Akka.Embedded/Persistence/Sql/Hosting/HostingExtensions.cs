using Akka.Hosting;
using Akka.Persistence.Hosting;
using Akka.Persistence.Sql.Config;

namespace Akka.Persistence.Sql.Hosting;

/// <summary>Journal and snapshot store in a SQL database as part of a hosted actor system.</summary>
public static class HostingExtensions
{
    /// <summary>Both or one of them, on one database.</summary>
    public static AkkaConfigurationBuilder WithSqlPersistence(
        this AkkaConfigurationBuilder builder,
        string connectionString,
        string providerName,
        PersistenceMode mode = PersistenceMode.Both,
        string? schemaName = null,
        Action<AkkaPersistenceJournalBuilder>? journalBuilder = null,
        bool autoInitialize = true,
        string pluginIdentifier = "sql",
        bool isDefaultPlugin = true,
        DatabaseMapping? databaseMapping = null,
        TagMode? tagStorageMode = null,
        bool? deleteCompatibilityMode = null,
        bool? useWriterUuidColumn = null)
    {
        if (mode == PersistenceMode.SnapshotStore && journalBuilder is not null)
            throw new ArgumentException($"There is no journal to configure in mode {mode}", nameof(journalBuilder));
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        ArgumentException.ThrowIfNullOrWhiteSpace(providerName);
        var mapping = databaseMapping ?? DatabaseMapping.Default;
        var journal = mode == PersistenceMode.SnapshotStore ? null : new SqlJournalOptions(isDefaultPlugin, pluginIdentifier)
        {
            ConnectionString = connectionString,
            ProviderName = providerName,
            AutoInitialize = autoInitialize,
            TagStorageMode = tagStorageMode,
            DeleteCompatibilityMode = deleteCompatibilityMode,
            Adapters = Adapters(builder, pluginIdentifier, journalBuilder),
            DatabaseOptions = new JournalDatabaseOptions(mapping)
            {
                SchemaName = schemaName,
                JournalTable = useWriterUuidColumn is null ? null : new JournalTableOptions { UseWriterUuidColumn = useWriterUuidColumn }
            }
        };
        var snapshots = mode == PersistenceMode.Journal ? null : new SqlSnapshotOptions(isDefaultPlugin, pluginIdentifier)
        {
            ConnectionString = connectionString,
            ProviderName = providerName,
            AutoInitialize = autoInitialize,
            DatabaseOptions = new SnapshotDatabaseOptions(mapping) { SchemaName = schemaName }
        };
        return builder.WithSqlPersistence(journal, snapshots);
    }

    /// <summary>Those of the two that are configured; at least one must be.</summary>
    public static AkkaConfigurationBuilder WithSqlPersistence(
        this AkkaConfigurationBuilder builder,
        Action<SqlJournalOptions>? journalOptionConfigurator = null,
        Action<SqlSnapshotOptions>? snapshotOptionConfigurator = null,
        bool isDefaultPlugin = true)
    {
        var journal = journalOptionConfigurator is null ? null : new SqlJournalOptions(isDefaultPlugin);
        var snapshots = snapshotOptionConfigurator is null ? null : new SqlSnapshotOptions(isDefaultPlugin);
        if (journal is not null)
            journalOptionConfigurator!(journal);
        if (snapshots is not null)
            snapshotOptionConfigurator!(snapshots);
        return builder.WithSqlPersistence(journal, snapshots);
    }

    /// <summary>Those of the two that have options; at least one must.</summary>
    public static AkkaConfigurationBuilder WithSqlPersistence(
        this AkkaConfigurationBuilder builder,
        SqlJournalOptions? journalOptions = null,
        SqlSnapshotOptions? snapshotOptions = null)
    {
        if (journalOptions is null && snapshotOptions is null)
            throw new ArgumentException("Neither a journal nor a snapshot store is configured");
        if (journalOptions is not null)
        {
            builder.WithJournal(journalOptions);
            builder.AddHocon(journalOptions.DefaultQueryConfig, HoconAddMode.Append);
        }

        return snapshotOptions is null ? builder : builder.WithSnapshot(snapshotOptions);
    }

    private static AkkaPersistenceJournalBuilder Adapters(AkkaConfigurationBuilder builder, string identifier, Action<AkkaPersistenceJournalBuilder>? configure)
    {
        var adapters = new AkkaPersistenceJournalBuilder(identifier, builder);
        configure?.Invoke(adapters);
        return adapters;
    }
}

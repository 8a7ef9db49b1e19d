using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;

namespace Akka.Persistence.Sql;

/// <summary>The defaults of the plugins' settings.</summary>
public sealed class SqlPersistence : IExtension
{
    public static readonly string JournalConfigPath = "akka.persistence.journal.sql";
    public static readonly string SnapshotStoreConfigPath = "akka.persistence.snapshot-store.sql";
    public static readonly string QueryConfigPath = "akka.persistence.query.journal.sql";

    public static readonly Configuration.Config DefaultJournalConfiguration = Section(JournalConfigPath);
    public static readonly Configuration.Config DefaultSnapshotConfiguration = Section(SnapshotStoreConfigPath);
    public static readonly Configuration.Config DefaultQueryConfiguration = Section(QueryConfigPath);
    public static readonly Configuration.Config DefaultJournalMappingConfiguration = DefaultJournalConfiguration.GetConfig("default")!;
    public static readonly Configuration.Config DefaultSnapshotMappingConfiguration = DefaultSnapshotConfiguration.GetConfig("default")!;

    /// <summary>All of it, at its paths.</summary>
    public static readonly Configuration.Config DefaultConfiguration = DefaultJournalConfiguration.MoveTo(JournalConfigPath)
        .WithFallback(DefaultSnapshotConfiguration.MoveTo(SnapshotStoreConfigPath))
        .WithFallback(DefaultQueryConfiguration.MoveTo(QueryConfigPath));

    public SqlPersistence(ActorSystem system) => ArgumentNullException.ThrowIfNull(system);

    public static SqlPersistence Get(ActorSystem system) => system.WithExtension<SqlPersistence, SqlPersistenceProvider>();

    private static Configuration.Config Section(string path) => ConfigurationFactory.Default().GetConfig(path)!;
}

public sealed class SqlPersistenceProvider : ExtensionIdProvider<SqlPersistence>
{
    public override SqlPersistence CreateExtension(ExtendedActorSystem system) => new(system);
}

namespace Akka.Persistence.Sql.Config;

internal sealed record SnapshotTable(string Name, string PersistenceId, string SequenceNumber, string Created, string Snapshot, string Manifest, string SerializerId);

/// <summary>The settings of a snapshot store.</summary>
internal sealed record SnapshotSettings(SqlSettings Sql, SnapshotTable Table)
{
    /// <exception cref="Configuration.ConfigurationException">A setting is missing, or is one that this engine does not have.</exception>
    public static SnapshotSettings From(string section, Configuration.Config config)
    {
        return new SnapshotSettings(
            SqlSettings.From(section, config),
            new SnapshotTable(Name("table-name"), Name("columns.persistence-id"), Name("columns.sequence-number"), Name("columns.created"),
                Name("columns.snapshot"), Name("columns.manifest"), Name("columns.serializerId")));

        string Name(string path) => SqlSettings.Name(section, config, $"default.snapshot.{path}");
    }
}

using System.Text;

namespace Akka.Persistence.Sql.Hosting;

/// <summary>Names of a snapshot store's table and columns.</summary>
public sealed class SnapshotDatabaseOptions
{
    public SnapshotDatabaseOptions(DatabaseMapping mapping) => Mapping = mapping;

    public static SnapshotDatabaseOptions Default => new(DatabaseMapping.Default) { SnapshotTable = SnapshotTableOptions.Default };

    public DatabaseMapping Mapping { get; }

    public string? SchemaName { get; set; }

    public SnapshotTableOptions? SnapshotTable { get; set; }

    internal void AppendTo(StringBuilder hocon) => new HoconSection(Mapping.Name())
        .Add("schema-name", SchemaName)
        .Add(SnapshotTable?.ToSection())
        .AppendTo(hocon);
}

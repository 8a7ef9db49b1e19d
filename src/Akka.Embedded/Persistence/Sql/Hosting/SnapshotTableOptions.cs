namespace Akka.Persistence.Sql.Hosting;

/// <summary>Table and columns of the snapshots. What is null stays as configured elsewhere.</summary>
public sealed class SnapshotTableOptions
{
    public static SnapshotTableOptions Default => new()
    {
        TableName = "snapshot",
        PersistenceIdColumnName = "persistence_id",
        SequenceNumberColumnName = "sequence_number",
        CreatedColumnName = "created",
        SnapshotColumnName = "snapshot",
        ManifestColumnName = "manifest",
        SerializerIdColumnName = "serializer_id",
    };

    public string? TableName { get; set; }

    public string? PersistenceIdColumnName { get; set; }

    public string? SequenceNumberColumnName { get; set; }

    public string? CreatedColumnName { get; set; }

    public string? SnapshotColumnName { get; set; }

    public string? ManifestColumnName { get; set; }

    public string? SerializerIdColumnName { get; set; }

    internal HoconSection ToSection() => new HoconSection("snapshot")
        .Add("table-name", TableName)
        .Add(new HoconSection("columns")
            .Add("persistence-id", PersistenceIdColumnName)
            .Add("sequence-number", SequenceNumberColumnName)
            .Add("created", CreatedColumnName)
            .Add("snapshot", SnapshotColumnName)
            .Add("manifest", ManifestColumnName)
            .Add("serializerId", SerializerIdColumnName));
}

namespace Akka.Persistence.Sql.Hosting;

/// <summary>Table and columns of the events. What is null stays as configured elsewhere.</summary>
public sealed class JournalTableOptions
{
    public static JournalTableOptions Default => new()
    {
        UseWriterUuidColumn = true,
        TableName = "journal",
        OrderingColumnName = "ordering",
        DeletedColumnName = "deleted",
        PersistenceIdColumnName = "persistence_id",
        SequenceNumberColumnName = "sequence_number",
        CreatedColumnName = "created",
        TagsColumnName = "tags",
        MessageColumnName = "message",
        IdentifierColumnName = "identifier",
        ManifestColumnName = "manifest",
        WriterUuidColumnName = "writer_uuid",
    };

    /// <summary>Whether rows carry the journal that wrote them.</summary>
    public bool? UseWriterUuidColumn { get; set; }

    public string? TableName { get; set; }

    public string? OrderingColumnName { get; set; }

    public string? DeletedColumnName { get; set; }

    public string? PersistenceIdColumnName { get; set; }

    public string? SequenceNumberColumnName { get; set; }

    public string? CreatedColumnName { get; set; }

    public string? TagsColumnName { get; set; }

    public string? MessageColumnName { get; set; }

    public string? IdentifierColumnName { get; set; }

    public string? ManifestColumnName { get; set; }

    public string? WriterUuidColumnName { get; set; }

    internal HoconSection ToSection() => new HoconSection("journal")
        .Add("use-writer-uuid-column", UseWriterUuidColumn)
        .Add("table-name", TableName)
        .Add(new HoconSection("columns")
            .Add("ordering", OrderingColumnName)
            .Add("deleted", DeletedColumnName)
            .Add("persistence-id", PersistenceIdColumnName)
            .Add("sequence-number", SequenceNumberColumnName)
            .Add("created", CreatedColumnName)
            .Add("tags", TagsColumnName)
            .Add("message", MessageColumnName)
            .Add("identifier", IdentifierColumnName)
            .Add("manifest", ManifestColumnName)
            .Add("writer-uuid", WriterUuidColumnName));
}

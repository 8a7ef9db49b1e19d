namespace Akka.Persistence.Sql.Hosting;

/// <summary>Table and columns of the highest deleted sequence numbers. What is null stays as configured elsewhere.</summary>
public sealed class MetadataTableOptions
{
    public static MetadataTableOptions Default => new()
    {
        TableName = "journal_metadata",
        PersistenceIdColumnName = "persistence_id",
        SequenceNumberColumnName = "sequence_number",
    };

    public string? TableName { get; set; }

    public string? PersistenceIdColumnName { get; set; }

    public string? SequenceNumberColumnName { get; set; }

    internal HoconSection ToSection() => new HoconSection("metadata")
        .Add("table-name", TableName)
        .Add(new HoconSection("columns")
            .Add("persistence-id", PersistenceIdColumnName)
            .Add("sequence-number", SequenceNumberColumnName));
}

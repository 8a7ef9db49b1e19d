namespace Akka.Persistence.Sql.Hosting;

/// <summary>Table and columns of the tags. What is null stays as configured elsewhere.</summary>
public sealed class TagTableOptions
{
    public static TagTableOptions Default => new()
    {
        TableName = "tags",
        OrderingColumnName = "ordering_id",
        TagColumnName = "tag",
        PersistenceIdColumnName = "persistence_id",
        SequenceNumberColumnName = "sequence_nr",
    };

    public string? TableName { get; set; }

    public string? OrderingColumnName { get; set; }

    public string? TagColumnName { get; set; }

    public string? PersistenceIdColumnName { get; set; }

    public string? SequenceNumberColumnName { get; set; }

    internal HoconSection ToSection() => new HoconSection("tag")
        .Add("table-name", TableName)
        .Add(new HoconSection("columns")
            .Add("ordering-id", OrderingColumnName)
            .Add("tag-value", TagColumnName)
            .Add("persistence-id", PersistenceIdColumnName)
            .Add("sequence-nr", SequenceNumberColumnName));
}

using System.Text;

namespace Akka.Persistence.Sql.Hosting;

/// <summary>Names of a journal's tables and columns.</summary>
public sealed class JournalDatabaseOptions
{
    public JournalDatabaseOptions(DatabaseMapping mapping) => Mapping = mapping;

    public static JournalDatabaseOptions Default => new(DatabaseMapping.Default)
    {
        JournalTable = JournalTableOptions.Default,
        MetadataTable = MetadataTableOptions.Default,
        TagTable = TagTableOptions.Default
    };

    public DatabaseMapping Mapping { get; }

    public string? SchemaName { get; set; }

    public JournalTableOptions? JournalTable { get; set; }

    public MetadataTableOptions? MetadataTable { get; set; }

    public TagTableOptions? TagTable { get; set; }

    internal void AppendTo(StringBuilder hocon) => new HoconSection(Mapping.Name())
        .Add("schema-name", SchemaName)
        .Add(JournalTable?.ToSection())
        .Add(MetadataTable?.ToSection())
        .Add(TagTable?.ToSection())
        .AppendTo(hocon);
}

using Akka.Configuration;

namespace Akka.Persistence.Sql.Config;

/// <summary>Tables and columns of a journal.</summary>
/// <param name="WriterUuid">Null: there is no such column.</param>
internal sealed record JournalTable(string Name, string Ordering, string Deleted, string PersistenceId, string SequenceNumber, string Created,
    string Tags, string Message, string Identifier, string Manifest, string? WriterUuid);

internal sealed record TagTable(string Name, string OrderingId, string Tag, string PersistenceId, string SequenceNumber);

internal sealed record MetadataTable(string Name, string PersistenceId, string SequenceNumber);

/// <summary>The settings of a journal.</summary>
/// <param name="Metadata">Null: it is not kept.</param>
/// <param name="MaxRows">Events in one transaction, unless one request alone has more.</param>
/// <param name="MaxBytes">Payload bytes in one transaction, unless one request alone has more.</param>
/// <param name="MaxPendingBytes">Payload bytes that are serialized and wait; what comes beyond waits unserialized.</param>
/// <param name="ReplayPage">Events that one statement reads.</param>
internal sealed record JournalSettings(SqlSettings Sql, JournalTable Journal, TagTable Tags, MetadataTable? Metadata, TagMode TagMode,
    string TagSeparator, int MaxRows, long MaxBytes, long MaxPendingBytes, int ReplayPage)
{
    public bool HasTagTable => TagMode != TagMode.Csv;

    public bool HasTagColumn => TagMode != TagMode.TagTable;

    /// <summary>The tags as the tag column has them.</summary>
    public string TagText(string[] tags) => tags.Length == 0 ? "" : $"{TagSeparator}{string.Join(TagSeparator, tags)}{TagSeparator}";

    /// <exception cref="ConfigurationException">A setting is missing, or is one that this engine does not have.</exception>
    public static JournalSettings From(string section, Configuration.Config config)
    {
        var sql = SqlSettings.From(section, config);
        return new JournalSettings(
            sql,
            new JournalTable(Name("journal.table-name"), Column("ordering"), Column("deleted"), Column("persistence-id"), Column("sequence-number"),
                Column("created"), Column("tags"), Column("message"), Column("identifier"), Column("manifest"),
                config.GetBoolean("default.journal.use-writer-uuid-column") ? Column("writer-uuid") : null),
            new TagTable(Name("tag.table-name"), Name("tag.columns.ordering-id"), Name("tag.columns.tag-value"), Name("tag.columns.persistence-id"),
                Name("tag.columns.sequence-nr")),
            config.GetBoolean("delete-compatibility-mode")
                ? new MetadataTable(Name("metadata.table-name"), Name("metadata.columns.persistence-id"), Name("metadata.columns.sequence-number"))
                : null,
            Enum.TryParse<TagMode>(config.GetString("tag-write-mode"), ignoreCase: true, out var mode)
                ? mode
                : throw new ConfigurationException($"{section}.tag-write-mode is [{config.GetString("tag-write-mode")}]: it must be TagTable, Csv or Both"),
            config.GetString("tag-separator") ?? ";",
            SqlSettings.AtLeastOne(section, config, "db-round-trip-max-batch-size"),
            Bytes("max-bytes-per-transaction"),
            Bytes("max-pending-bytes"),
            SqlSettings.AtLeastOne(section, config, "replay-batch-size"));

        string Name(string path) => SqlSettings.Name(section, config, $"default.{path}");

        string Column(string column) => Name($"journal.columns.{column}");

        long Bytes(string path) => config.GetByteSize(path) is { } bytes and > 0
            ? bytes
            : throw new ConfigurationException($"{section}.{path} must be a size of 1 byte or more");
    }
}

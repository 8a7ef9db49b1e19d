namespace Akka.Persistence.Sql.Config;

/// <summary>Where the tags of events are stored.</summary>
public enum TagMode
{
    /// <summary>In a column of the journal, between separators.</summary>
    Csv,

    /// <summary>In a table of their own.</summary>
    TagTable,

    Both
}

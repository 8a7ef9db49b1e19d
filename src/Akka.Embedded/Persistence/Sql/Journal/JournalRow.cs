namespace Akka.Persistence.Sql.Journal;

/// <summary>An event as it is stored.</summary>
/// <param name="Created">UTC ticks of the write.</param>
/// <param name="Tags">Empty for none.</param>
internal readonly record struct JournalRow(
    string PersistenceId, long SequenceNr, long Created, byte[] Message, int SerializerId, string Manifest, string[] Tags);

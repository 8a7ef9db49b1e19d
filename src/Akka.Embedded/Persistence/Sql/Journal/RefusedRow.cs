namespace Akka.Persistence.Sql.Journal;

/// <summary>The error of a row that the database does not take.</summary>
internal static class RefusedRow
{
    public static InvalidOperationException Exception(in JournalRow row, Exception cause, bool exists) => new(
        $"The event with sequence number {row.SequenceNr} of [{row.PersistenceId}], manifest [{row.Manifest}], cannot be stored: "
        + (exists ? "there is one with this number already, so another actor, here or in another process, writes under this persistence id" : cause.Message),
        cause);
}

namespace Akka.Persistence.Sql.Journal;

/// <summary>
/// A journal's tables. The operations of the writer are called one at a time; those of readers from any thread, once the database was
/// opened. What any of them throws besides <see cref="StoreUnavailableException"/> is the fault of the rows.
/// </summary>
internal interface IJournalStore : IAsyncDisposable
{
    /// <summary>Whether tables are there to be read.</summary>
    bool IsOpen { get; }

    /// <summary>Writer: sees to it that there is a connection and that the tables exist.</summary>
    ValueTask OpenAsync();

    /// <summary>Writer: stores all rows of the commands in one transaction, in this order, or none.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<WriteCommand> commands);

    /// <summary>Writer: whether this journal has stored that very row.</summary>
    ValueTask<bool> IsStoredAsync(JournalRow row);

    /// <summary>Writer: deletes the events up to the number, except that the last of them stays, marked, for its number's sake.</summary>
    ValueTask DeleteAsync(string persistenceId, long toSequenceNr);

    /// <summary>The highest number of the stored events, deleted ones included; 0 for none.</summary>
    Task<long> ReadHighestAsync(string persistenceId);

    /// <summary>Calls back with at most <paramref name="max"/> events of the range that are not deleted, in order.</summary>
    Task ReplayAsync(string persistenceId, long from, long to, long max, Action<IPersistentRepresentation> next);
}

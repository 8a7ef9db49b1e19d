namespace Akka.Persistence.Sql;

/// <summary>
/// The database as a whole does not work now: disk full, locked, damaged, connection lost. Any other exception of a store is the fault of
/// the rows that were to be written.
/// </summary>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether the transaction may be durable all the same.</summary>
    public bool OutcomeUnknown { get; init; }
}

using System.Diagnostics.Metrics;

namespace Akka.Persistence.Sql.Journal;

/// <summary>What a group-committing writer does, for whoever listens.</summary>
internal static class JournalMetrics
{
    private static readonly Meter Meter = new("Akka.Persistence.Sql");

    /// <summary>One measurement a transaction.</summary>
    public static readonly Histogram<int> TransactionRows = Meter.CreateHistogram<int>(
        "akka.persistence.sql.transaction.rows", "{row}", "Events in a transaction of the journal");

    public static readonly Counter<long> FailedWrites = Meter.CreateCounter<long>(
        "akka.persistence.sql.failed.writes", "{write}", "Requests to write that the journal's database has not taken");
}

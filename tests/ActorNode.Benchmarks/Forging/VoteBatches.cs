using System.Diagnostics;
using System.Diagnostics.Metrics;
using ActorNode.Benchmarks.Journal;
using ActorNode.Benchmarks.Storage;

namespace ActorNode.Benchmarks.Forging;

/// <summary>
/// One batch with a vote of each key on SQLite, until the last signature, and how many transactions of the journal, each with one fsync, it took
/// until then. Beside it as many rows of the journal's table in one transaction.
/// </summary>
internal static class VoteBatches
{
    private const int Batches = 20;

    public static async Task RunAsync(int keys)
    {
        using var journal = new CountedTransactions();
        var (times, transactions, rows) = (new List<double>(), new List<double>(), new List<double>());
        await using (var database = await BenchmarkDatabase.CreateAsync("sqlite"))
        {
            var signer = new TimedSigner(keys);
            await using var node = await ForgingNode.StartAsync(signer, database.Settings);
            // Wakes the keys, and has the code compiled.
            for (var level = 1; level <= Batches; level++)
                await node.VoteAllAsync(signer.Keys, level);
            for (var level = 1; level <= Batches; level++)
            {
                journal.Reset();
                var started = Stopwatch.GetTimestamp();
                await node.VoteAllAsync(signer.Keys, Batches + level);
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                transactions.Add(journal.Transactions);
                rows.Add(journal.Rows);
                // The last signatures are stored a moment later: not in the next batch's account.
                await Task.Delay(50);
            }
        }

        var raw = await RawAsync(keys);
        Console.WriteLine(
            $"batch of {keys:N0} votes on SQLite, median of {Batches}: {Median(times):F1} ms until the last signature, {Median(transactions):N0} transactions (at most {transactions.Max():N0}) of {Median(rows):N0} rows in all");
        Console.WriteLine($"{keys:N0} rows of the journal in one transaction: {raw:F1} ms");
    }

    private static async Task<double> RawAsync(int keys)
    {
        await using var database = await JournalDatabase.CreateAsync("sqlite");
        using (var host = await database.StartAsync())
        {
            await JournalDatabase.BooksAsync(host, "raw", 1);
            await host.StopAsync();
        }

        return await RawJournal.BatchAsync(database, persistenceIds: keys, batch: keys, Batches);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>Listens to the journal's own count of its transactions.</summary>
    private sealed class CountedTransactions : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _transactions;
        private long _rows;

        public CountedTransactions()
        {
            _listener.InstrumentPublished = (instrument, meters) =>
            {
                if (instrument.Name == "akka.persistence.sql.transaction.rows")
                    meters.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<int>((_, count, _, _) =>
            {
                Interlocked.Increment(ref _transactions);
                Interlocked.Add(ref _rows, count);
            });
            _listener.Start();
        }

        public long Transactions => Interlocked.Read(ref _transactions);

        public long Rows => Interlocked.Read(ref _rows);

        public void Reset()
        {
            Interlocked.Exchange(ref _transactions, 0);
            Interlocked.Exchange(ref _rows, 0);
        }

        public void Dispose() => _listener.Dispose();
    }
}

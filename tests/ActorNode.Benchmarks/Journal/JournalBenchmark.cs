using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using ActorNode.Benchmarks.Engine;
using ActorNode.Benchmarks.Storage;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ActorNode.Benchmarks.Journal;

/// <summary>
/// Persistent actors on a SQL journal, each beside a raw loop over the same table at the batch size that the journal reached. Names the
/// public API of Akka.NET only: built with the other engine it measures that.
/// </summary>
public static class JournalBenchmark
{
    private const string Usage = "journal [--provider sqlite,postgresql] [--only PART,...] [--seconds 3] [--runs 3]";

    public static async Task<int> RunAsync(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var options = new Options(args, Usage);
        var time = TimeSpan.FromSeconds(options.Int("seconds", 3));
        var only = options.List("only", "");
        foreach (var provider in options.List("provider", "sqlite,postgresql"))
        {
            await using var database = await JournalDatabase.CreateAsync(provider);
            using var host = await database.StartAsync();
            await JournalDatabase.BooksAsync(host, "first", 1);
            foreach (var (actors, together) in new[] { (1, 1), (100, 1), (1000, 1), (1, 100), (100, 100) })
            {
                var name = together == 1 ? $"Persist from {actors:N0}" : $"PersistAll of {together} from {actors:N0}";
                if (only.Any(part => name.Contains(part, StringComparison.Ordinal)))
                    await WritesAsync(database, host, name, actors, together, time, options.Int("runs", 3));
            }

            if (only.Any("ask".Contains))
                await AsksAsync(database, host, time);
            if (only.Any("idle".Contains))
                Console.WriteLine($"{provider,-11} idle persistent actor: {await IdleBytesAsync(host):F0} bytes");
            await host.StopAsync();
            if (only.Any("recovery".Contains))
                await RecoveryAsync(provider, database);
        }

        return 0;
    }

    /// <summary>The best of some runs, each right after one of the raw loop: a noisy moment hits either.</summary>
    private static async Task WritesAsync(JournalDatabase database, IHost host, string name, int actors, int together, TimeSpan time, int runs)
    {
        var books = await JournalDatabase.BooksAsync(host, $"write-{actors}-{together}", actors);
        using var transactions = new Transactions();
        // Warms up, and shows how many events a time has.
        var (events, rate) = (together * 20, 0.0);
        var batch = 1;
        for (var run = 0; run <= runs + 1; run++)
        {
            transactions.Reset();
            var done = new Countdown();
            var all = done.Start(events * actors);
            var cpu = Environment.CpuUsage.TotalTime;
            var started = Stopwatch.GetTimestamp();
            foreach (var book in books)
                book.Tell(new BookActor.Work(events, together, done), ActorRefs.NoSender);
            await all;
            rate = events * actors / Stopwatch.GetElapsedTime(started).TotalSeconds;
            cpu = (Environment.CpuUsage.TotalTime - cpu) / (events * actors);
            batch = Math.Max(1, (int)transactions.MeanRows);
            if (run < 2)
            {
                events = Math.Max(1, (int)(rate * time.TotalSeconds / actors / together)) * together;
                continue;
            }

            var raw = await RawJournal.MeasureAsync(database, actors, together, batch, time);
            Console.WriteLine($"{Provider(database),-11} {name,-24} {rate,9:N0} events/s, {transactions.MeanRows,6:F1} rows a transaction, cpu {cpu.TotalMicroseconds,4:F1} us; raw loop {raw,9:N0}; {rate / raw:P0}");
        }
    }

    private static async Task AsksAsync(JournalDatabase database, IHost host, TimeSpan time)
    {
        var books = await JournalDatabase.BooksAsync(host, "ask", 100);
        await Latency.ClosedLoopAsync(books[..1], time / 3);
        Report("ask, one caller", await Latency.ClosedLoopAsync(books[..1], time));
        Report("ask, 5,000/s open loop", await Latency.OpenLoopAsync(books, 5000, time));
        Report("raw, 5,000/s open loop", await RawJournal.OpenLoopAsync(database, books.Length, 5000, time));
        Report("ask, 100 callers", await Latency.ClosedLoopAsync(books, time));

        void Report(string name, double[] sorted) => Console.WriteLine(
            $"{Provider(database),-11} {name,-24} {sorted.Length / time.TotalSeconds,9:N0} answers/s, p50 {Latency.Percentile(sorted, 0.5):N0} us, p99 {Latency.Percentile(sorted, 0.99):N0} us, p99.9 {Latency.Percentile(sorted, 0.999):N0} us");
    }

    /// <summary>What the heap grows by with each of many actors that have recovered nothing and wait.</summary>
    private static async Task<double> IdleBytesAsync(IHost host)
    {
        const int count = 20_000;
        await JournalDatabase.BooksAsync(host, "warm", 100);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var books = await JournalDatabase.BooksAsync(host, "idle", count);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(books);
        return (double)(after - before) / count - IntPtr.Size;
    }

    /// <summary>One actor with many events, and many with some, in a new process' worth of an actor system.</summary>
    private static async Task RecoveryAsync(string provider, JournalDatabase database)
    {
        foreach (var (actors, events) in new[] { (1, 200_000), (100, 2_000) })
        {
            using (var host = await database.StartAsync())
            {
                var books = await JournalDatabase.BooksAsync(host, $"recover-{actors}", actors);
                var done = new Countdown();
                var all = done.Start(actors * events);
                foreach (var book in books)
                    book.Tell(new BookActor.Work(events, 100, done), ActorRefs.NoSender);
                await all;
                await host.StopAsync();
            }

            using (var host = await database.StartAsync())
            {
                var system = host.Services.GetRequiredService<ActorSystem>();
                // The first one brings the code into shape.
                for (var run = 0; run < 3; run++)
                {
                    var (recovered, replayed) = (new Countdown(), new Countdown());
                    var all = Task.WhenAll(recovered.Start(actors), replayed.Start(actors * events));
                    var started = Stopwatch.GetTimestamp();
                    var books = Enumerable.Range(0, actors).Select(i => system.ActorOf(BookActor.Props($"recover-{actors}-{i}", recovered, replayed))).ToArray();
                    await all;
                    var rate = actors * events / Stopwatch.GetElapsedTime(started).TotalSeconds;
                    await Task.WhenAll(books.Select(book => book.GracefulStop(TimeSpan.FromSeconds(30))));
                    if (run > 0)
                        Console.WriteLine($"{provider,-11} recovery of {actors} x {events:N0}: {rate:N0} events/s");
                }

                await host.StopAsync();
            }
        }
    }

    private static string Provider(JournalDatabase database) => database.IsSqlite ? "sqlite" : "postgresql";

    /// <summary>Listens to the journal's own metrics. The other engine has none: there a transaction counts as one row.</summary>
    private sealed class Transactions : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _rows;
        private long _count;

        public Transactions()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "akka.persistence.sql.transaction.rows")
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<int>((_, rows, _, _) =>
            {
                Interlocked.Add(ref _rows, rows);
                Interlocked.Increment(ref _count);
            });
            _listener.Start();
        }

        public double MeanRows => (double)Volatile.Read(ref _rows) / Math.Max(1, Volatile.Read(ref _count));

        public void Reset()
        {
            Volatile.Write(ref _rows, 0);
            Volatile.Write(ref _count, 0);
        }

        public void Dispose() => _listener.Dispose();
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using ActorNode.Benchmarks.Journal;
using ActorNode.Benchmarks.Storage;
using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;
using ActorNode.Storage;

namespace ActorNode.Benchmarks.Jobs;

/// <summary>
/// The lists of jobs and runs: rows written beside a plain loop over the same schema; pages of a long list, from anywhere, while rows are
/// written; and what archiving a job with many runs costs.
/// </summary>
public static class JobsListingBenchmark
{
    private const string Usage = "jobs-listing [--provider sqlite,postgresql] [--rows 20000] [--batch 100,500] [--runs 100000] [--jobs 10] [--seconds 3] [--rate 1000]";

    private const int BodyBytes = 600;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static async Task<int> RunAsync(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var options = new Options(args, Usage);
        foreach (var provider in options.List("provider", "sqlite,postgresql"))
        {
            foreach (var batch in options.List("batch", "100,500"))
                await CompareWritesAsync(provider, options.Int("rows", 20_000), int.Parse(batch, CultureInfo.InvariantCulture), options.Int("jobs", 10));
            await ListAsync(provider, options.Int("runs", 100_000), options.Int("jobs", 10), options.Int("rate", 1_000), TimeSpan.FromSeconds(options.Int("seconds", 3)));
        }

        return 0;
    }

    /// <summary>Every run is inserted, and a batch later updated to its end. In turn, so that a noisy moment hits either.</summary>
    private static async Task CompareWritesAsync(string provider, int rows, int batch, int jobs)
    {
        await using var ours = await BenchmarkDatabase.CreateAsync(provider);
        await using var plain = await BenchmarkDatabase.CreateAsync(provider);
        await using var store = await NodeStore.OpenAsync(ours.Settings, default);
        await using var loop = await RawRuns.OpenAsync(plain.Settings);
        var (storeTime, loopTime) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var first = 0; first < rows; first += batch)
        {
            var runs = Enumerable.Range(first, batch).Select(number => Run(number, jobs)).ToArray();
            var ended = Array.ConvertAll(runs, End);
            var inserts = Array.ConvertAll<RunRow, CommitCommand>(runs, row => new CommitCommand.PutRun(row));
            var updates = Array.ConvertAll<RunRow, CommitCommand>(ended, row => new CommitCommand.PutRun(row));
            storeTime += await TimeAsync(async () =>
            {
                await store.CommitAsync(inserts, default);
                await store.CommitAsync(updates, default);
            });
            loopTime += await TimeAsync(async () =>
            {
                await loop.InsertAsync(runs);
                await loop.UpdateAsync(ended);
            });
        }

        var (storeRate, loopRate) = (2 * rows / storeTime.TotalSeconds, 2 * rows / loopTime.TotalSeconds);
        Console.WriteLine($"{provider,-11} {batch,5} rows a transaction: {storeRate,8:N0} rows/s; plain loop {loopRate,8:N0}; {storeRate / loopRate:P0}");
    }

    private static async Task ListAsync(string provider, int runs, int jobs, int rate, TimeSpan time)
    {
        await using var database = await BenchmarkDatabase.CreateAsync(provider);
        await using var store = await NodeStore.OpenAsync(database.Settings, default);
        for (var job = 0; job < jobs; job++)
            await store.CommitAsync([new CommitCommand.PutJob(new JobRow(Job(job), 1, Start.AddSeconds(job), null, RandomNumberGenerator.GetBytes(BodyBytes)))], default);
        // Job 0 has as many runs by itself as all others together.
        foreach (var chunk in Enumerable.Range(0, runs).Chunk(1_000))
            await store.CommitAsync([.. chunk.Select(number => new CommitCommand.PutRun(End(Run(number, number % 2 == 0 ? 1 : jobs))))], default);

        using var stop = new CancellationTokenSource();
        var written = 0;
        var writer = Task.Factory.StartNew(() => Write(), TaskCreationOptions.LongRunning);
        foreach (var job in new JobId?[] { null, Job(0) })
        {
            foreach (var newestFirst in new[] { false, true })
            {
                foreach (var (name, share) in new[] { ("front", 0.0), ("quarter", 0.25), ("middle", 0.5), ("end", 1.0), ("anywhere", -1.0) })
                    await PagesAsync(provider, store.Jobs, job, newestFirst, name, share, time);
            }
        }

        await stop.CancelAsync();
        await writer;
        Console.WriteLine($"{provider,-11} written meanwhile: {written:N0} rows");
        var archived = await TimeAsync(async () => await store.CommitAsync([new CommitCommand.PutJob(new JobRow(Job(0), 2, Start, Start, default))], default));
        Console.WriteLine($"{provider,-11} archiving a job with half of them: {archived.TotalMilliseconds:N0} ms");

        // Half of the rows are new runs, half are ends of those before; at a fixed rate, ten transactions a second.
        void Write()
        {
            const int PerSecond = 10;
            var next = runs;
            var started = Stopwatch.GetTimestamp();
            for (var tick = 1; !stop.IsCancellationRequested; tick++)
            {
                Pause.Until(started + (tick * Stopwatch.Frequency / PerSecond));
                var rows = Enumerable.Range(next, rate / PerSecond / 2).Select(number => Run(number, jobs)).ToArray();
                next += rows.Length;
                store.CommitAsync([.. rows.Select(row => new CommitCommand.PutRun(row)), .. rows.Select(row => new CommitCommand.PutRun(End(row)))], default).AsTask().GetAwaiter().GetResult();
                written += 2 * rows.Length;
            }
        }
    }

    private static async Task PagesAsync(string provider, IJobsReader lists, JobId? job, bool newestFirst, string name, double share, TimeSpan time)
    {
        var random = new Random(1);
        var count = (await lists.RunsAsync(job, new PageOf(0, 1), default)).Count;
        var times = new List<double>();
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end)
        {
            var offset = share < 0 ? random.NextInt64(count) : Math.Max(0, (long)(share * count) - (share == 0 ? 0 : 25));
            var started = Stopwatch.GetTimestamp();
            var page = await lists.RunsAsync(job, new PageOf(offset, 25, newestFirst), default);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (page.Items.Length == 0)
                throw new InvalidOperationException($"The page at {offset} of {page.Count} is empty.");
        }

        var sorted = times.Order().ToArray();
        Console.WriteLine($"{provider,-11} {(job is null ? "all jobs" : "one job"),-9} {(newestFirst ? "newest" : "oldest"),-7} {name,-9} p50 {Latency.Percentile(sorted, 0.5),6:F2} ms  p99 {Latency.Percentile(sorted, 0.99),6:F2} ms  max {sorted[^1],6:F1} ms  ({sorted.Length:N0} pages)");
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(started);
    }

    private static JobId Job(int number) => new(string.Create(CultureInfo.InvariantCulture, $"{number + 1:x32}"));

    private static RunRow Run(int number, int jobs)
    {
        var createdAt = Start.AddMilliseconds(number);
        return new RunRow(RunId.New(), Job(number % jobs), 1, RunStatus.InProgress, createdAt, createdAt, null, RandomNumberGenerator.GetBytes(BodyBytes));
    }

    private static RunRow End(RunRow run) =>
        run with { Sequence = 2, Status = RunStatus.Completed, UpdatedAt = run.CreatedAt.AddMilliseconds(20), FinishedAt = run.CreatedAt.AddMilliseconds(20) };
}

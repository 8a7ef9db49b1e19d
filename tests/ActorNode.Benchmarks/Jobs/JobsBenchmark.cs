using System.Diagnostics;
using System.Globalization;
using ActorNode.Benchmarks.Engine;
using ActorNode.Benchmarks.Journal;
using ActorNode.Benchmarks.Storage;
using ActorNode.Protocol.Jobs;
using Akka.Actor;

namespace ActorNode.Benchmarks.Jobs;

/// <summary>
/// Runs of three tasks that do nothing, from the request to the listed end, beside the rows that they leave written by a plain loop; how long a
/// requester waits at half of that load; and what jobs cost that wait for their hour.
/// </summary>
internal static class JobsBenchmark
{
    private const string Usage = "jobs [--provider sqlite,postgresql] [--only runs,latency,idle] [--runs N] [--jobs N] [--at-once N] [--turns N] [--rate N] [--seconds N] [--idle N] ";

    public static async Task<int> RunAsync(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var options = new Options(args, Usage);
        var only = options.List("only", "runs,latency,idle");
        var time = TimeSpan.FromSeconds(options.Int("seconds", 5));
        foreach (var provider in options.List("provider", "sqlite,postgresql"))
        {
            var most = options.Int("rate", 0) * 2.0;
            if (only.Contains("runs"))
            {
                foreach (var jobs in new[] { options.Int("jobs", 100), 1 })
                    most = Math.Max(most, await CompareAsync(provider, jobs, options.Int("runs", 5_000), options.Int("at-once", 200), options.Int("turns", 3)));
            }

            if (only.Contains("latency"))
                await LatencyAsync(provider, options.Int("jobs", 100), (int)(most / 2), time);
        }

        if (only.Contains("idle"))
            await IdleJobs.RunAsync(options.Int("idle", 10_000), time);
        return 0;
    }

    /// <summary>In turn, so that a noisy moment hits either. Runs a second, the median.</summary>
    private static async Task<double> CompareAsync(string provider, int jobs, int runs, int atOnce, int turns)
    {
        await using var database = await BenchmarkDatabase.CreateAsync(provider);
        await using var plain = await EmptyAsync(provider);
        await using var node = await JobsNode.StartAsync(database.Settings);
        var specs = await node.CreateAsync(jobs, new Initiator(1, InitiatorType.Web));
        await using var loop = await RawRunLoop.OpenAsync(plain);
        await RunsAsync(node, specs, runs / 5, atOnce);
        await loop.RunAsync(atOnce);
        var (rates, loops, singles, cpus, bytes) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var turn = 0; turn < turns; turn++)
        {
            var (rate, cpu, allocated) = await RunsAsync(node, specs, runs, atOnce);
            rates.Add(rate);
            cpus.Add(cpu);
            bytes.Add(allocated);
            loops.Add(await LoopAsync(loop, runs, atOnce));
            singles.Add(await LoopAsync(loop, runs / 20, 1));
        }

        Console.WriteLine(
            $"{provider,-11} {jobs,4} jobs, {atOnce} runs at once: {Median(rates),8:N0} runs/s ({Median(cpus),5:N0} us of processor, {Median(bytes) / 1024,5:N1} KiB a run); "
            + $"plain loop, {atOnce} in step: {Median(loops),8:N0}; one by one: {Median(singles),8:N0}; {Median(rates) / Median(loops):P0} of the former, {Median(rates) / Median(singles):N1} times the latter");
        return Median(rates);
    }

    private static async Task<(double Rate, double Microseconds, double Bytes)> RunsAsync(JobsNode node, JobSpec[] specs, int runs, int atOnce)
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var (cpu, bytes, started) = (process.TotalProcessorTime, GC.GetTotalAllocatedBytes(), Stopwatch.GetTimestamp());
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var driver = node.System.ActorOf(RunDriverActor.Props(node.Region, specs, runs, atOnce, done));
        await done.Task;
        await node.ListedAsync();
        var elapsed = Stopwatch.GetElapsedTime(started);
        process.Refresh();
        var result = (runs / elapsed.TotalSeconds, (process.TotalProcessorTime - cpu).TotalMicroseconds / runs, (GC.GetTotalAllocatedBytes() - bytes) / (double)runs);
        await driver.GracefulStop(TimeSpan.FromSeconds(30));
        return result;
    }

    private static async Task<double> LoopAsync(RawRunLoop loop, int runs, int together)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < runs; i += together)
            await loop.RunAsync(together);
        return runs / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>Requests at a fixed rate, whatever becomes of earlier ones; a request's time begins when it was due.</summary>
    private static async Task LatencyAsync(string provider, int jobs, int rate, TimeSpan time)
    {
        await using var database = await BenchmarkDatabase.CreateAsync(provider);
        await using var plain = await EmptyAsync(provider);
        await using var node = await JobsNode.StartAsync(database.Settings);
        await using var loop = await RawRunLoop.OpenAsync(plain);
        var specs = await node.CreateAsync(jobs, new Initiator(1, InitiatorType.Web));
        await OpenLoopAsync(node, specs, rate, TimeSpan.FromSeconds(2));
        var times = await OpenLoopAsync(node, specs, rate, time);
        var alone = await AcceptAsync(loop, time);
        Console.WriteLine(
            $"{provider,-11} {rate:N0} runs/s asked for: from request to Started p50 {Latency.Percentile(times, 0.5) / 1000:N1} ms, p99 {Latency.Percentile(times, 0.99) / 1000:N1} ms, "
            + $"most {times[^1] / 1000:N1} ms ({times.Length:N0} runs); "
            + $"the two rows that it waits for, written one by one with nothing else to do: p50 {Latency.Percentile(alone, 0.5) / 1000:N1} ms, p99 {Latency.Percentile(alone, 0.99) / 1000:N1} ms");
    }

    /// <summary>Sorted microseconds.</summary>
    private static async Task<double[]> AcceptAsync(RawRunLoop loop, TimeSpan time)
    {
        var times = new List<double>();
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end)
        {
            var started = Stopwatch.GetTimestamp();
            await loop.AcceptAsync(1);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }

        return [.. times.Order()];
    }

    /// <summary>A database with the node's tables, and nothing in them.</summary>
    private static async Task<BenchmarkDatabase> EmptyAsync(string provider)
    {
        var database = await BenchmarkDatabase.CreateAsync(provider);
        await using var node = await JobsNode.StartAsync(database.Settings);
        return database;
    }

    private static async Task<double[]> OpenLoopAsync(JobsNode node, JobSpec[] specs, int rate, TimeSpan time)
    {
        var times = new double[(int)(rate * time.TotalSeconds)];
        var answered = new Countdown();
        var all = answered.Start(times.Length);
        await Task.Factory.StartNew(() =>
        {
            var interval = Stopwatch.Frequency / (double)rate;
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < times.Length; i++)
            {
                var due = started + (long)(i * interval);
                Pause.Until(due);
                _ = AskAsync(i, due);
            }
        }, TaskCreationOptions.LongRunning);
        await all;
        await node.ListedAsync();
        Array.Sort(times);
        return times;

        async Task AskAsync(int number, long due)
        {
            var reply = await node.Region.Ask<object>(RunDriverActor.StartOf(specs[number % specs.Length]), TimeSpan.FromMinutes(1)).ConfigureAwait(false);
            times[number] = reply is JobReplies.Started ? Stopwatch.GetElapsedTime(due).TotalMicroseconds : double.PositiveInfinity;
            answered.CountShared();
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}

using System.Diagnostics;
using System.Globalization;
using ActorNode.Benchmarks.Storage;
using ActorNode.Keyed;
using ActorNode.Protocol.Jobs;
using Akka.Actor;

namespace ActorNode.Benchmarks.Jobs;

/// <summary>What jobs cost whose hour has not come: while their actors are awake, and when only the scheduler knows of them.</summary>
internal static class IdleJobs
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async Task RunAsync(int jobs, TimeSpan time)
    {
        foreach (var passivateAfter in new TimeSpan?[] { null, TimeSpan.FromSeconds(2) })
        {
            await using var database = await BenchmarkDatabase.CreateAsync("sqlite");
            await using var node = await JobsNode.StartAsync(database.Settings, passivateAfter);
            // What the first job brings with it is no job's.
            await node.CreateAsync(1, new Initiator(1, InitiatorType.Web));
            var alone = await ShareAsync(time);
            var before = Memory();
            // Half an hour away: none of them is due meanwhile.
            var minute = (DateTimeOffset.UtcNow.Minute + 30) % 60;
            await node.CreateAsync(jobs, new Initiator(1, InitiatorType.Cron) { Schedule = string.Create(CultureInfo.InvariantCulture, $"0 {minute} * * * *") });
            while (passivateAfter is not null && (await node.System.ActorSelection("/user/jobs").Ask<KeyedState>(GetKeyedState.Instance, Patience)).Keys.Length > 0)
                await Task.Delay(100);
            var bytes = (Memory() - before) / (double)jobs;
            var share = await ShareAsync(time);
            Console.WriteLine(
                $"{jobs:N0} jobs of an hourly schedule, {(passivateAfter is null ? "awake" : "passivated")}: {bytes:N0} bytes a job, {share:P2} of a core; the node without them {alone:P2}");
        }
    }

    /// <summary>Of a core, once what was under way has ended.</summary>
    private static async Task<double> ShareAsync(TimeSpan time)
    {
        await Task.Delay(TimeSpan.FromSeconds(2));
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var started = Stopwatch.GetTimestamp();
        await Task.Delay(time);
        process.Refresh();
        return (process.TotalProcessorTime - cpu) / Stopwatch.GetElapsedTime(started);
    }

    private static long Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}

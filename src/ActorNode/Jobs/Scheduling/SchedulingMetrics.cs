using System.Diagnostics.Metrics;

namespace ActorNode.Jobs.Scheduling;

/// <summary>Counts of scheduled work. Thread-safe, shared by all nodes of a process.</summary>
internal static class SchedulingMetrics
{
    private static readonly Meter Meter = new("ActorNode.Jobs.Scheduling");
    private static readonly Counter<long> SleeperFailures = Meter.CreateCounter<long>("actornode.jobs.sleeper.failures", description: "Runs of woken background work that failed.");
    private static readonly Counter<long> Ticks = Meter.CreateCounter<long>("actornode.jobs.scheduler.ticks", description: "Ticks sent to jobs for the first time.");
    private static readonly Counter<long> Retries = Meter.CreateCounter<long>("actornode.jobs.scheduler.retries", description: "Ticks sent to jobs again.");
    private static readonly Counter<long> MissedTicks = Meter.CreateCounter<long>("actornode.jobs.scheduler.missed", description: "How often ticks of a schedule were missed and dropped.");
    private static readonly Histogram<double> Lateness = Meter.CreateHistogram<double>("actornode.jobs.scheduler.lateness", "s", "From the time of a tick, with its jitter, to its first sending.");

    public static void SleeperFailed(string work) => SleeperFailures.Add(1, new KeyValuePair<string, object?>("work", work));

    public static void Sent(TimeSpan lateness, int attempt)
    {
        if (attempt > 1)
        {
            Retries.Add(1);
            return;
        }

        Ticks.Add(1);
        Lateness.Record(lateness.TotalSeconds);
    }

    public static void Missed() => MissedTicks.Add(1);
}

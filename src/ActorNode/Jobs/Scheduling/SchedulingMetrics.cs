using System.Diagnostics.Metrics;

namespace ActorNode.Jobs.Scheduling;

/// <summary>Counts of scheduled work. Thread-safe, shared by all nodes of a process.</summary>
internal static class SchedulingMetrics
{
    private static readonly Meter Meter = new("ActorNode.Jobs.Scheduling");
    private static readonly Counter<long> SleeperFailures = Meter.CreateCounter<long>("actornode.jobs.sleeper.failures", description: "Runs of woken background work that failed.");

    public static void SleeperFailed(string work) => SleeperFailures.Add(1, new KeyValuePair<string, object?>("work", work));
}

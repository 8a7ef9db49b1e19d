using System.Diagnostics.Metrics;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs;

/// <summary>What the job engine measures. Thread-safe, shared by all nodes of a process.</summary>
internal static class JobsMetrics
{
    private static readonly Meter Meter = new("ActorNode.Jobs");

    private static readonly Counter<long> AcceptedCount = Meter.CreateCounter<long>("actornode.jobs.runs.accepted", "{run}", "Runs that were accepted, by initiator.");
    private static readonly Counter<long> RefusedCount = Meter.CreateCounter<long>("actornode.jobs.runs.refused", "{run}", "Runs and ticks that were not accepted, by reason.");
    private static readonly Counter<long> EndedCount = Meter.CreateCounter<long>("actornode.jobs.runs.ended", "{run}", "Runs that ended, by status.");
    private static readonly UpDownCounter<long> UnfinishedCount = Meter.CreateUpDownCounter<long>("actornode.jobs.runs.unfinished", "{run}", "Runs accepted and not ended.");
    private static readonly Counter<long> TicksDroppedCount = Meter.CreateCounter<long>("actornode.jobs.ticks.dropped", "{tick}", "Scheduled times that the overlap policy dropped.");
    private static readonly Counter<long> TaskCount = Meter.CreateCounter<long>("actornode.jobs.tasks", "{task}", "Tries of tasks, by adapter and outcome.");

    private static readonly Histogram<double> RunDuration = Meter.CreateHistogram<double>(
        "actornode.jobs.run.duration", "s", "Time from a run's acceptance to its end.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600] });

    public static void Accepted(InitiatorType initiator) =>
        AcceptedCount.Add(1, new KeyValuePair<string, object?>("initiator", initiator.ToString().ToLowerInvariant()));

    public static void Refused(RunRefusal reason) => RefusedCount.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    public static void TickDropped() => TicksDroppedCount.Add(1);

    public static void Unfinished(int change) => UnfinishedCount.Add(change);

    public static void Ended(JobRun run)
    {
        EndedCount.Add(1, new KeyValuePair<string, object?>("status", run.Status.Name()));
        if (run.FinishedAt is { } finished)
            RunDuration.Record((finished - run.CreatedAt).TotalSeconds);
    }

    public static void Performed(string type, RunStatus outcome) => TaskCount.Add(
        1, new KeyValuePair<string, object?>("type", type), new KeyValuePair<string, object?>("outcome", outcome.Name()));
}

using System.Diagnostics.Metrics;

namespace ActorNode.Storage;

/// <summary>What the commit actor measures. Thread-safe, shared by all nodes of a process.</summary>
internal static class CommitMetrics
{
    private static readonly Meter Meter = new("ActorNode.Storage");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "actornode.commit.duration", "s", "Time of one transaction until it is durable.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] });

    private static readonly Histogram<int> Rows = Meter.CreateHistogram<int>(
        "actornode.commit.rows", "{row}", "Rows in one transaction.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000] });

    private static readonly Histogram<int> Commands = Meter.CreateHistogram<int>(
        "actornode.commit.commands", "{command}", "Commands that share one transaction.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000] });

    private static readonly UpDownCounter<long> Queue = Meter.CreateUpDownCounter<long>(
        "actornode.commit.queue", "{request}", "Requests that wait for a transaction.");

    private static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "actornode.commit.failures", "{transaction}", "Transactions that failed because the store did not work.");

    public static void Queued(int change) => Queue.Add(change);

    public static void Transaction(TimeSpan duration, int commands, int rows)
    {
        Duration.Record(duration.TotalSeconds);
        Commands.Record(commands);
        Rows.Record(rows);
    }

    public static void Failed() => Failures.Add(1);
}

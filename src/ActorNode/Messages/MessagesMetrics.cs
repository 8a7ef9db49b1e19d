using System.Diagnostics.Metrics;
using ActorNode.Protocol.Messages;

namespace ActorNode.Messages;

/// <summary>What accounts measure. Recorded once a write, not once a message. Thread-safe, shared by all nodes of a process.</summary>
internal static class MessagesMetrics
{
    private static readonly Meter Meter = new("ActorNode.Messages");

    private static readonly Histogram<double> WriteDuration = Meter.CreateHistogram<double>(
        "actornode.messages.write.duration", "s", "Time from accepting a write to its durable commit.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] });

    private static readonly Histogram<int> BatchSize = Meter.CreateHistogram<int>(
        "actornode.messages.batch.size", "{message}", "Messages in one write.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000] });

    private static readonly Counter<long> WrittenCount = Meter.CreateCounter<long>("actornode.messages.written", "{message}", "Messages made durable.");
    private static readonly Counter<long> DuplicateCount = Meter.CreateCounter<long>("actornode.messages.duplicates", "{message}", "Messages whose id the account held already.");
    private static readonly Counter<long> RefusedCount = Meter.CreateCounter<long>("actornode.messages.refused", "{write}", "Writes answered with a Nack, by reason.");
    private static readonly Counter<long> BusyCount = Meter.CreateCounter<long>("actornode.messages.busy", "{write}", "Writes answered with Busy.");
    private static readonly Counter<long> RetryCount = Meter.CreateCounter<long>("actornode.messages.retries", "{commit}", "Failed commits and probes of accounts, tried again.");
    private static readonly UpDownCounter<long> PendingMessages = Meter.CreateUpDownCounter<long>("actornode.messages.pending", "{message}", "Messages accepted and not yet committed.");
    private static readonly UpDownCounter<long> PendingBytes = Meter.CreateUpDownCounter<long>("actornode.messages.pending.bytes", "By", "Bytes accepted and not yet committed.");
    private static readonly UpDownCounter<long> DegradedAccounts = Meter.CreateUpDownCounter<long>("actornode.messages.degraded", "{account}", "Accounts that refuse writes because their storage keeps failing.");

    public static void Written(int written, int duplicates, TimeSpan duration)
    {
        WriteDuration.Record(duration.TotalSeconds);
        BatchSize.Record(written + duplicates);
        WrittenCount.Add(written);
        if (duplicates > 0)
            DuplicateCount.Add(duplicates);
    }

    public static void Refused(NackReason reason) => RefusedCount.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    public static void Busy() => BusyCount.Add(1);

    public static void Retried() => RetryCount.Add(1);

    public static void Pending(int messages, long bytes)
    {
        PendingMessages.Add(messages);
        PendingBytes.Add(bytes);
    }

    public static void Degraded(int change) => DegradedAccounts.Add(change);
}

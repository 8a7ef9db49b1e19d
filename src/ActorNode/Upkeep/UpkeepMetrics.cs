using System.Diagnostics.Metrics;
using ActorNode.Protocol.Upkeep;

namespace ActorNode.Upkeep;

/// <summary>What upkeep measures. Thread-safe, shared by all nodes of a process.</summary>
internal static class UpkeepMetrics
{
    private static readonly double[] Seconds = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60];

    private static readonly Meter Meter = new("ActorNode.Upkeep");
    private static readonly Counter<long> PassCount = Meter.CreateCounter<long>("actornode.upkeep.passes", "{pass}", "Passes of the loop.");
    private static readonly Counter<long> RestartCount = Meter.CreateCounter<long>("actornode.upkeep.restarts", "{restart}", "Restarts of the loop after a failure.");
    private static readonly Counter<long> SleepCount = Meter.CreateCounter<long>("actornode.upkeep.sleeps", "{sleep}", "Sleeps of the machine that were noticed.");
    private static readonly Counter<long> FailureCount = Meter.CreateCounter<long>("actornode.upkeep.step.failures", "{failure}", "Failed steps of the loop, by step.");

    private static readonly Histogram<double> TickDuration = Meter.CreateHistogram<double>(
        "actornode.upkeep.tick.duration", "s", "Time of one run of a tick, by tick.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    private static readonly Histogram<double> WriteDuration = Meter.CreateHistogram<double>(
        "actornode.upkeep.write.duration", "s", "Time from a write to its durability, by object.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    private static readonly Counter<long> WriteBytes = Meter.CreateCounter<long>("actornode.upkeep.write.bytes", "By", "Bytes written, by object.");
    private static readonly Counter<long> WriteFailures = Meter.CreateCounter<long>("actornode.upkeep.write.failures", "{write}", "Failed writes, by object.");
    private static readonly Counter<long> HandledCount = Meter.CreateCounter<long>("actornode.upkeep.events.handled", "{event}", "Events that the handler took.");
    private static readonly Counter<long> ReplayCount = Meter.CreateCounter<long>("actornode.upkeep.events.replays", "{event}", "Deliveries of events that ended in a replay.");
    private static readonly UpDownCounter<long> ParkedCount = Meter.CreateUpDownCounter<long>("actornode.upkeep.events.parked", "{event}", "Events that wait for an operator's decision.");

    private static readonly Histogram<double> HandlerDuration = Meter.CreateHistogram<double>(
        "actornode.upkeep.events.duration", "s", "Time the handler took for one event.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    public static void Passed() => PassCount.Add(1);

    public static void Restarted() => RestartCount.Add(1);

    public static void Slept() => SleepCount.Add(1);

    public static void Ticked(UpkeepTick tick, TimeSpan took) => TickDuration.Record(took.TotalSeconds, new KeyValuePair<string, object?>("tick", NameOf(tick)));

    public static void StepFailed(LoopStep step) => FailureCount.Add(1, new KeyValuePair<string, object?>("step", step.ToString()));

    public static void Written(string name, long bytes, TimeSpan took)
    {
        WriteDuration.Record(took.TotalSeconds, new KeyValuePair<string, object?>("object", name));
        WriteBytes.Add(bytes, new KeyValuePair<string, object?>("object", name));
    }

    public static void WriteFailed(string name) => WriteFailures.Add(1, new KeyValuePair<string, object?>("object", name));

    public static void Handled(TimeSpan took)
    {
        HandledCount.Add(1);
        HandlerDuration.Record(took.TotalSeconds);
    }

    public static void Replayed() => ReplayCount.Add(1);

    public static void Parked(int change) => ParkedCount.Add(change);

    /// <summary>A tick's name, as in the settings: see <see cref="TickStatus"/>.</summary>
    public static string NameOf(UpkeepTick tick) => tick switch
    {
        UpkeepTick.HtlcBatch => "htlc-batch",
        UpkeepTick.Freshness => "freshness",
        UpkeepTick.Archive => "archive",
        UpkeepTick.Prune => "prune",
        UpkeepTick.Scorer => "scorer",
        UpkeepTick.Sweep => "sweep",
        UpkeepTick.OnionMessages => "onion-messages",
        UpkeepTick.Ping => "ping",
        _ => "rebroadcast",
    };
}

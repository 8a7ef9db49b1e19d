using System.Diagnostics.Metrics;
using ActorNode.Protocol.Forging;

namespace ActorNode.Forging;

/// <summary>What forging measures. Thread-safe, shared by all nodes of a process.</summary>
internal static class ForgingMetrics
{
    private static readonly Meter Meter = new("ActorNode.Forging");

    private static readonly Counter<long> EndedCount = Meter.CreateCounter<long>("actornode.forging.duties", "{duty}", "Duties that ended, by kind and outcome.");
    private static readonly Counter<long> RejectedCount = Meter.CreateCounter<long>("actornode.forging.rejected", "{duty}", "Duties that were not accepted, by reason.");
    private static readonly UpDownCounter<long> HeldCount = Meter.CreateUpDownCounter<long>("actornode.forging.held", "{duty}", "Duties accepted and not yet ended.");
    private static readonly UpDownCounter<long> QuarantinedCount = Meter.CreateUpDownCounter<long>("actornode.forging.quarantined", "{key}", "Keys whose signer did not answer in time, and has not yet.");
    private static readonly UpDownCounter<long> LostCount = Meter.CreateUpDownCounter<long>("actornode.forging.watermarks.lost", "{key}", "Keys that sign nothing because their watermarks cannot be stored.");
    private static readonly Counter<long> UnheardCount = Meter.CreateCounter<long>("actornode.forging.events.unheard", "{event}", "Events that no subscriber wanted.");

    private static readonly Histogram<double> SigningDuration = Meter.CreateHistogram<double>(
        "actornode.forging.signing.duration", "s", "Time of one call of a signer that ended in time.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30] });

    public static void Ended(IForgeEvent outcome) => EndedCount.Add(
        1, new KeyValuePair<string, object?>("kind", outcome.Duty.Kind.Name()), new KeyValuePair<string, object?>("outcome", NameOf(outcome)));

    public static void Rejected(RejectReason reason) => RejectedCount.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    public static void Held(int change) => HeldCount.Add(change);

    public static void Called(TimeSpan took) => SigningDuration.Record(took.TotalSeconds);

    public static void Quarantined(int change) => QuarantinedCount.Add(change);

    public static void StoreLost(int change) => LostCount.Add(change);

    public static void Unheard() => UnheardCount.Add(1);

    private static string NameOf(IForgeEvent outcome) => outcome switch
    {
        IForgeSuccess => "signed",
        ForgeEvents.ForgeRefused => "refused",
        ForgeEvents.ForgeCancelled => "cancelled",
        _ => "failed",
    };
}

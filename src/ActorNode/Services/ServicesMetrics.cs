using System.Diagnostics.Metrics;
using ActorNode.Protocol.Services;

namespace ActorNode.Services;

/// <summary>What services measure, each under its name. Thread-safe, shared by all nodes of a process.</summary>
internal static class ServicesMetrics
{
    private static readonly Meter Meter = new("ActorNode.Services");
    private static readonly Counter<long> StartCount = Meter.CreateCounter<long>("actornode.services.starts", "{run}", "Runs of background services that were started.");
    private static readonly Counter<long> EndCount = Meter.CreateCounter<long>("actornode.services.failures", "{run}", "Runs of background services that failed or are restarted.");
    private static readonly UpDownCounter<long> States = Meter.CreateUpDownCounter<long>("actornode.services.state", "{service}", "Services by state.");
    private static readonly Histogram<double> WaitDuration = Meter.CreateHistogram<double>("actornode.services.wait.duration", "s", "Time that services waited for their dependencies.");
    private static readonly Histogram<double> StopDuration = Meter.CreateHistogram<double>("actornode.services.stop.duration", "s", "Time from the request to end to the end.");

    public static void Started(string service) => StartCount.Add(1, Of(service));

    public static void Failed(string service) => EndCount.Add(1, Of(service));

    public static void Waited(string service, TimeSpan time) => WaitDuration.Record(time.TotalSeconds, Of(service));

    public static void StopTook(string service, TimeSpan time) => StopDuration.Record(time.TotalSeconds, Of(service));

    /// <summary>A service has another state; null: it did not exist before, or does not any more.</summary>
    public static void Changed(string service, ServiceState? from, ServiceState? to)
    {
        if (from is { } old)
            States.Add(-1, Of(service), new("state", old.ToString()));
        if (to is { } now)
            States.Add(1, Of(service), new("state", now.ToString()));
    }

    private static KeyValuePair<string, object?> Of(string service) => new("service", service);
}

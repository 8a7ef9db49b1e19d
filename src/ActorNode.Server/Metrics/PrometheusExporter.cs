using System.Buffers;
using System.Diagnostics.Metrics;
using ActorNode.Server.Http;

namespace ActorNode.Server.Metrics;

/// <summary>
/// <c>GET /metrics</c>: listens to the node's meters, and to those of the runtime and the HTTP server, from its construction to its
/// disposal. Measurements are added up where they are made, without a lock; a scrape reads the sums and asks the observable instruments.
/// </summary>
internal sealed partial class PrometheusExporter : IDisposable
{
    private static readonly double[] Seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly double[] Counts = [1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000];

    private readonly Lock _scraping = new();
    private readonly Dictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly ILogger<PrometheusExporter> _log;
    private int _generation;

    public PrometheusExporter(ILogger<PrometheusExporter> log)
    {
        _log = log;
        _listener.InstrumentPublished = Enable;
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, family) => ((MetricFamily)family!).Record((long)value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, family) => ((MetricFamily)family!).Record((long)value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, family) => ((MetricFamily)family!).Record((long)value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, family) => ((MetricFamily)family!).Record((double)value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, family) => ((MetricFamily)family!).Record((double)value, tags));
        _listener.Start();
    }

    /// <summary>The meters that are exported: the node's own, the runtime's and the HTTP server's.</summary>
    public static bool Exports(string meter) =>
        meter.StartsWith("ActorNode", StringComparison.Ordinal) || meter is "System.Runtime" or "Microsoft.AspNetCore.Hosting";

    public async Task InvokeAsync(HttpContext context)
    {
        RequestFields.AllowOnly(context);
        using var text = new PooledBuffer(64 * 1024);
        Write(text);
        context.Response.ContentType = PrometheusText.ContentType;
        context.Response.ContentLength = text.Written.Length;
        await context.Response.Body.WriteAsync(text.Written, context.RequestAborted);
    }

    /// <summary>Everything there is, as text. One scrape at a time.</summary>
    public void Write(IBufferWriter<byte> to)
    {
        lock (_scraping)
        {
            MetricFamily[] families;
            lock (_families)
                families = [.. _families.Values.OrderBy(f => f.Name, StringComparer.Ordinal)];
            _generation++;
            foreach (var family in families)
                family.Generation = _generation;
            Observe();
            foreach (var family in families)
                PrometheusText.Write(to, family);
            ProcessMetrics.Write(to);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Observe()
    {
        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException e)
        {
            // The others were asked all the same.
            LogNotObserved(e);
        }
    }

    private void Enable(Instrument instrument, MeterListener listener)
    {
        if (!Exports(instrument.Meter.Name) || KindOf(instrument) is not var (kind, mode))
            return;
        var name = PrometheusText.Name(instrument.Name, instrument.Unit, kind);
        MetricFamily? family;
        lock (_families)
        {
            if (!_families.TryGetValue(name, out family))
            {
                var bounds = kind == MetricKind.Histogram ? BoundsOf(instrument) : null;
                family = new MetricFamily(name, instrument.Description ?? "", kind, mode, bounds) { Observed = instrument.IsObservable };
                _families.Add(name, family);
            }
        }

        // The same instrument of another meter adds to the same metric; another instrument must not.
        if (family.Kind == kind && family.Mode == mode && family.Observed == instrument.IsObservable)
            listener.EnableMeasurementEvents(instrument, family);
        else
            LogNameTaken(instrument.Name, instrument.Meter.Name, name);
    }

    private static (MetricKind Kind, MetricMode Mode)? KindOf(Instrument instrument)
    {
        var type = instrument.GetType();
        if (!type.IsGenericType)
            return null;
        var definition = type.GetGenericTypeDefinition();
        return definition == typeof(Counter<>) ? (MetricKind.Counter, MetricMode.Add)
            : definition == typeof(UpDownCounter<>) ? (MetricKind.Gauge, MetricMode.Add)
            : definition == typeof(Gauge<>) ? (MetricKind.Gauge, MetricMode.Set)
            : definition == typeof(Histogram<>) ? (MetricKind.Histogram, MetricMode.Observe)
            : definition == typeof(ObservableCounter<>) ? (MetricKind.Counter, MetricMode.Set)
            : definition == typeof(ObservableUpDownCounter<>) || definition == typeof(ObservableGauge<>) ? (MetricKind.Gauge, MetricMode.Set)
            : null;
    }

    /// <summary>The bounds that the instrument advises, in ascending order and each once; otherwise some for its unit.</summary>
    private static double[] BoundsOf(Instrument instrument)
    {
        var advised = instrument switch
        {
            Instrument<double> i => i.Advice?.HistogramBucketBoundaries,
            Instrument<long> i => i.Advice?.HistogramBucketBoundaries?.Select(b => (double)b),
            Instrument<int> i => i.Advice?.HistogramBucketBoundaries?.Select(b => (double)b),
            Instrument<float> i => i.Advice?.HistogramBucketBoundaries?.Select(b => (double)b),
            Instrument<short> i => i.Advice?.HistogramBucketBoundaries?.Select(b => (double)b),
            Instrument<byte> i => i.Advice?.HistogramBucketBoundaries?.Select(b => (double)b),
            Instrument<decimal> i => i.Advice?.HistogramBucketBoundaries?.Select(b => (double)b),
            _ => null,
        };
        // The bucket without an upper bound is there anyway.
        return advised is null ? instrument.Unit == "s" ? Seconds : Counts : [.. advised.Where(double.IsFinite).Distinct().Order()];
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Some observable instruments failed and are missing from this scrape")]
    private partial void LogNotObserved(Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Instrument {Instrument} of meter {Meter} is not exported: another kind of instrument has its name {Name}")]
    private partial void LogNameTaken(string instrument, string meter, string name);
}

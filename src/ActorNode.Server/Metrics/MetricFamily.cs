using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace ActorNode.Server.Metrics;

/// <summary>What the text format calls a metric's type.</summary>
internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>What becomes of a measurement.</summary>
internal enum MetricMode
{
    Add,
    Set,
    Observe,
}

/// <summary>
/// A metric and its series. Finding the series of a measurement takes no lock and allocates nothing once it exists. There are at most
/// <see cref="MaxSeries"/>; measurements with yet other labels go into one series that says so, so that a careless label costs detail
/// and never memory.
/// </summary>
internal sealed class MetricFamily
{
    /// <summary>Most label sets of one metric.</summary>
    public const int MaxSeries = 1_000;

    /// <summary>The labels of what is beyond that; the name is OpenTelemetry's.</summary>
    public const string Overflow = "otel_metric_overflow=\"true\"";

    private const int Buckets = 128;

    private readonly Lock _adding = new();
    private readonly Entry?[] _entries = new Entry?[Buckets];
    private readonly List<MetricSeries> _series = [];
    private readonly Dictionary<string, MetricSeries> _byLabels = new(StringComparer.Ordinal);
    private readonly double[]? _bounds;
    private MetricSeries? _plain;
    private int _entryCount;

    public MetricFamily(string name, string help, MetricKind kind, MetricMode mode, double[]? bounds)
    {
        Name = name;
        Help = help;
        Kind = kind;
        Mode = mode;
        _bounds = bounds;
    }

    public string Name { get; }

    public string Help { get; }

    public MetricKind Kind { get; }

    public MetricMode Mode { get; }

    /// <summary>True when values come at a scrape only; then a series that was not observed at the latest one is not there.</summary>
    public bool Observed { get; init; }

    /// <summary>The scrape that is under way; for observed values.</summary>
    public int Generation { get; set; }

    /// <summary>Upper bounds of a histogram's buckets, inclusive; the last bucket has none.</summary>
    public ReadOnlySpan<double> Bounds => _bounds;

    /// <summary>Takes a whole number.</summary>
    public void Record(long value, ReadOnlySpan<Tag> tags)
    {
        var series = SeriesOf(tags);
        switch (Mode)
        {
            case MetricMode.Add:
                series.Add(value);
                break;
            case MetricMode.Set:
                series.Set(value);
                series.Generation = Generation;
                break;
            default:
                series.Observe(value);
                break;
        }
    }

    /// <summary>Takes any other number.</summary>
    public void Record(double value, ReadOnlySpan<Tag> tags)
    {
        var series = SeriesOf(tags);
        switch (Mode)
        {
            case MetricMode.Add:
                series.Add(value);
                break;
            case MetricMode.Set:
                series.Set(value);
                series.Generation = Generation;
                break;
            default:
                series.Observe(value);
                break;
        }
    }

    /// <summary>The series to show, in the order in which they appeared.</summary>
    public MetricSeries[] Shown()
    {
        lock (_adding)
            return Observed ? [.. _series.Where(s => s.Generation == Generation)] : [.. _series];
    }

    private MetricSeries SeriesOf(ReadOnlySpan<Tag> tags)
    {
        if (tags.IsEmpty)
            return Volatile.Read(ref _plain) ?? AddPlain();
        var hash = HashOf(tags);
        for (var entry = Volatile.Read(ref _entries[(uint)hash % Buckets]); entry is not null; entry = entry.Next)
        {
            if (entry.Hash == hash && Same(entry.Tags, tags))
                return entry.Series;
        }

        return AddEntry(tags, hash);
    }

    private MetricSeries AddPlain()
    {
        lock (_adding)
        {
            if (_plain is null)
                Volatile.Write(ref _plain, Create(""));
            return _plain!;
        }
    }

    /// <summary>The same labels in another order are another entry for the same series.</summary>
    private MetricSeries AddEntry(ReadOnlySpan<Tag> tags, int hash)
    {
        lock (_adding)
        {
            if (_entryCount >= MaxSeries)
                return Create(Overflow);
            _entryCount++;
            var series = Create(PrometheusText.Labels(tags));
            ref var bucket = ref _entries[(uint)hash % Buckets];
            Volatile.Write(ref bucket, new Entry(hash, tags.ToArray(), series, bucket));
            return series;
        }
    }

    private MetricSeries Create(string labels)
    {
        if (_byLabels.TryGetValue(labels, out var series))
            return series;
        series = new MetricSeries(labels, _bounds);
        _byLabels.Add(labels, series);
        _series.Add(series);
        return series;
    }

    private static int HashOf(ReadOnlySpan<Tag> tags)
    {
        var hash = tags.Length;
        foreach (var (key, value) in tags)
            hash = HashCode.Combine(hash, key, value);
        return hash;
    }

    private static bool Same(Tag[] known, ReadOnlySpan<Tag> tags)
    {
        if (known.Length != tags.Length)
            return false;
        for (var i = 0; i < known.Length; i++)
        {
            if (known[i].Key != tags[i].Key || !Equals(known[i].Value, tags[i].Value))
                return false;
        }

        return true;
    }

    private sealed record Entry(int Hash, Tag[] Tags, MetricSeries Series, Entry? Next);
}

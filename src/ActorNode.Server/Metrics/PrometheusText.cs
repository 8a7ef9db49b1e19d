using System.Buffers;
using System.Globalization;
using System.Text;

namespace ActorNode.Server.Metrics;

/// <summary>Prometheus' text format, version 0.0.4: names, labels, numbers and the lines of a metric.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>
    /// An instrument's name as Prometheus wants it, after OpenTelemetry's rules: underscores for what it does not allow, the unit at the
    /// end, and <c>_total</c> after that for what only grows.
    /// </summary>
    public static string Name(string instrument, string? unit, MetricKind kind)
    {
        var name = Allowed(instrument, colon: true);
        if (UnitOf(unit, kind) is { } suffix && !name.EndsWith($"_{suffix}", StringComparison.Ordinal))
            name = $"{name}_{suffix}";
        return kind == MetricKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? $"{name}_total" : name;
    }

    /// <summary>Labels in ordinal order, escaped, without braces. Of names that become the same, the first counts.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            // Booleans in lower case, as every other exporter writes them.
            var text = value is bool truth ? (truth ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            labels.TryAdd(Allowed(key, colon: false), text);
        }

        var all = new StringBuilder();
        foreach (var (key, value) in labels)
        {
            if (all.Length > 0)
                all.Append(',');
            all.Append(key).Append("=\"").Append(Escaped(value, quotes: true)).Append('"');
        }

        return all.ToString();
    }

    /// <summary>Writes a metric with all that it shows; nothing when it shows nothing.</summary>
    public static void Write(IBufferWriter<byte> to, MetricFamily family)
    {
        var shown = family.Shown();
        if (shown.Length == 0)
            return;
        WriteHead(to, family.Name, family.Help, family.Kind);
        foreach (var series in shown)
        {
            if (family.Kind == MetricKind.Histogram)
                WriteHistogram(to, family, series);
            else
                WriteSample(to, family.Name, "", series.Labels, "", Number(series));
        }
    }

    /// <summary>Writes a metric of one number.</summary>
    public static void Write(IBufferWriter<byte> to, string name, string help, MetricKind kind, double value)
    {
        WriteHead(to, name, help, kind);
        WriteSample(to, name, "", "", "", Number(value));
    }

    private static void WriteHead(IBufferWriter<byte> to, string name, string help, MetricKind kind)
    {
        var type = kind switch
        {
            MetricKind.Counter => "counter",
            MetricKind.Histogram => "histogram",
            _ => "gauge",
        };
        if (help.Length > 0)
            Text(to, $"# HELP {name} {Escaped(help, quotes: false)}\n");
        Text(to, $"# TYPE {name} {type}\n");
    }

    private static void WriteHistogram(IBufferWriter<byte> to, MetricFamily family, MetricSeries series)
    {
        var count = 0L;
        for (var i = 0; i < family.Bounds.Length; i++)
        {
            count += series.InBucket(i);
            WriteSample(to, family.Name, "_bucket", series.Labels, $"le=\"{Number(family.Bounds[i])}\"", Number(count));
        }

        count += series.InBucket(family.Bounds.Length);
        WriteSample(to, family.Name, "_bucket", series.Labels, "le=\"+Inf\"", Number(count));
        WriteSample(to, family.Name, "_sum", series.Labels, "", Number(series.Fraction));
        WriteSample(to, family.Name, "_count", series.Labels, "", Number(count));
    }

    private static void WriteSample(IBufferWriter<byte> to, string name, string suffix, string labels, string moreLabels, string value)
    {
        var comma = labels.Length > 0 && moreLabels.Length > 0 ? "," : "";
        Text(to, labels.Length + moreLabels.Length > 0
            ? $"{name}{suffix}{{{labels}{comma}{moreLabels}}} {value}\n"
            : $"{name}{suffix} {value}\n");
    }

    private static string Number(MetricSeries series) => series.Fraction == 0 ? Number(series.Whole) : Number(series.Whole + series.Fraction);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : double.IsNaN(value) ? "NaN"
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static string? UnitOf(string? unit, MetricKind kind) => unit switch
    {
        null or "" => null,
        "1" => kind == MetricKind.Gauge ? "ratio" : null,
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "min" => "minutes",
        "h" => "hours",
        "d" => "days",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "%" => "percent",
        // An annotation such as {message} says what is counted, in words.
        _ when unit.StartsWith('{') => null,
        _ => Allowed(unit, colon: false),
    };

    private static string Allowed(string name, bool colon)
    {
        var text = new StringBuilder(name.Length + 1);
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
            text.Append('_');
        foreach (var c in name)
            text.Append(char.IsAsciiLetterOrDigit(c) || c == '_' || (colon && c == ':') ? c : '_');
        return text.ToString();
    }

    private static string Escaped(string text, bool quotes)
    {
        text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }

    private static void Text(IBufferWriter<byte> to, string text) => Encoding.UTF8.GetBytes(text, to);
}

using System.Diagnostics.Metrics;
using System.Text;
using ActorNode.Server.Http;
using ActorNode.Server.Metrics;
using ActorNode.Server.Tests.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ActorNode.Server.Tests.Metrics;

/// <summary>Meters are global in a process, so every test has instruments of its own names.</summary>
public sealed class PrometheusExporterSpec : IDisposable
{
    private readonly Meter _meter = new("ActorNode.Test");
    private readonly PrometheusExporter _exporter = new(NullLogger<PrometheusExporter>.Instance);

    public void Dispose()
    {
        _exporter.Dispose();
        _meter.Dispose();
    }

    [Fact(DisplayName = "A counter is exported with its unit, _total, help and type, and adds up whole and other numbers")]
    public void Counters()
    {
        var bytes = _meter.CreateCounter<long>("actornode.t1.sent", "By", "Bytes \\ sent\nso far");
        var cost = _meter.CreateCounter<double>("actornode.t1.cost");
        bytes.Add(1L << 53);
        bytes.Add(1);
        cost.Add(0.25);
        cost.Add(0.5);
        var text = Scrape();
        Assert.Contains("# HELP actornode_t1_sent_bytes_total Bytes \\\\ sent\\nso far\n# TYPE actornode_t1_sent_bytes_total counter\nactornode_t1_sent_bytes_total 9007199254740993\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE actornode_t1_cost_total counter\nactornode_t1_cost_total 0.75\n", text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Up-down counters and gauges are gauges")]
    public void Gauges()
    {
        var open = _meter.CreateUpDownCounter<int>("actornode.t2.open", "{stream}");
        var level = _meter.CreateGauge<double>("actornode.t2.level", "1");
        open.Add(3);
        open.Add(-5);
        level.Record(0.5);
        level.Record(double.NaN);
        var text = Scrape();
        Assert.Contains("# TYPE actornode_t2_open gauge\nactornode_t2_open -2\n", text, StringComparison.Ordinal);
        Assert.Contains("actornode_t2_level_ratio NaN\n", text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A histogram has the buckets that it advises, cumulative and inclusive, then sum and count")]
    public void Histograms()
    {
        var latency = _meter.CreateHistogram("actornode.t3.latency", "s", null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var value in new[] { 0.05, 0.1, 0.5, 7 })
            latency.Record(value, new KeyValuePair<string, object?>("db", "sqlite"));
        Assert.Contains(
            """
            # TYPE actornode_t3_latency_seconds histogram
            actornode_t3_latency_seconds_bucket{db="sqlite",le="0.1"} 2
            actornode_t3_latency_seconds_bucket{db="sqlite",le="1"} 3
            actornode_t3_latency_seconds_bucket{db="sqlite",le="+Inf"} 4
            actornode_t3_latency_seconds_sum{db="sqlite"} 7.65
            actornode_t3_latency_seconds_count{db="sqlite"} 4

            """,
            Scrape(),
            StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A histogram of whole numbers without advice has buckets all the same")]
    public void Histogram_of_integers()
    {
        var sizes = _meter.CreateHistogram<int>("actornode.t4.batch");
        sizes.Record(7);
        sizes.Record(1_000_000);
        var text = Scrape();
        Assert.Contains("actornode_t4_batch_bucket{le=\"5\"} 0\nactornode_t4_batch_bucket{le=\"10\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("actornode_t4_batch_sum 1000007\nactornode_t4_batch_count 2\n", text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Label values are escaped, names made valid, and the order of tags makes no difference")]
    public void Labels()
    {
        var counter = _meter.CreateCounter<int>("actornode.t5.n");
        counter.Add(1, new("b.c", "q\"\\\n"), new("a", true));
        counter.Add(2, new("a", true), new("b.c", "q\"\\\n"));
        counter.Add(4, new KeyValuePair<string, object?>("a", null));
        var text = Scrape();
        Assert.Contains("\nactornode_t5_n_total{a=\"true\",b_c=\"q\\\"\\\\\\n\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("\nactornode_t5_n_total{a=\"\"} 4\n", text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Observable instruments are asked at each scrape, and a series that is no longer observed is gone")]
    public void Observables()
    {
        var queues = new Dictionary<string, int> { ["x"] = 1, ["y"] = 2 };
        _meter.CreateObservableGauge("actornode.t6.queue", () => queues.Select(q => new Measurement<int>(q.Value, new KeyValuePair<string, object?>("q", q.Key))));
        _meter.CreateObservableCounter("actornode.t6.done", () => 41L + queues.Count);
        Assert.Contains("actornode_t6_queue{q=\"x\"} 1\nactornode_t6_queue{q=\"y\"} 2\n", Scrape(), StringComparison.Ordinal);
        queues.Remove("x");
        queues["y"] = 7;
        var text = Scrape();
        Assert.Contains("# TYPE actornode_t6_queue gauge\nactornode_t6_queue{q=\"y\"} 7\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("q=\"x\"", text, StringComparison.Ordinal);
        Assert.Contains("actornode_t6_done_total 42\n", text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "An observable instrument that fails takes no other with it and is logged")]
    public void Failing_observable()
    {
        var log = new CollectingLogger<PrometheusExporter>();
        using var exporter = new PrometheusExporter(log);
        using var meter = new Meter("ActorNode.Test.Failing");
        var fails = true;
        meter.CreateObservableGauge("actornode.t7.bad", () => fails ? throw new InvalidOperationException("boom") : 1);
        meter.CreateObservableGauge("actornode.t7.good", () => 5);
        Assert.Contains("actornode_t7_good 5\n", Scrape(exporter), StringComparison.Ordinal);
        fails = false;
        Assert.Equal(LogLevel.Warning, Assert.Single(log.Entries).Level);
        Assert.Contains("actornode_t7_bad 1\n", Scrape(exporter), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Beyond its most label sets a metric adds up in one overflow series, and memory stays bounded")]
    public void Cardinality_is_bounded()
    {
        var counter = _meter.CreateCounter<int>("actornode.t8.n");
        for (var i = 0; i < MetricFamily.MaxSeries + 50; i++)
            counter.Add(1, new KeyValuePair<string, object?>("account", i));
        counter.Add(1, new KeyValuePair<string, object?>("account", 3));
        var lines = Scrape().Split('\n').Where(l => l.StartsWith("actornode_t8_n_total{", StringComparison.Ordinal)).ToList();
        Assert.Equal(MetricFamily.MaxSeries + 1, lines.Count);
        Assert.Contains("actornode_t8_n_total{otel_metric_overflow=\"true\"} 50", lines);
        Assert.Contains("actornode_t8_n_total{account=\"3\"} 2", lines);
    }

    [Fact(DisplayName = "Concurrent measurements are all counted")]
    public void Concurrent_recording()
    {
        var counter = _meter.CreateCounter<long>("actornode.t9.n");
        var sum = _meter.CreateHistogram<double>("actornode.t9.h");
        Parallel.For(0, 8, worker =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("k", i % 50));
                sum.Record(0.5);
            }
        });
        var text = Scrape();
        foreach (var k in Enumerable.Range(0, 50))
            Assert.Contains($"actornode_t9_n_total{{k=\"{k}\"}} 3200\n", text, StringComparison.Ordinal);
        Assert.Contains("actornode_t9_h_sum 80000\nactornode_t9_h_count 160000\n", text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Meters of others are not exported, and an instrument whose name another kind has is left out")]
    public void Foreign_meters()
    {
        using var other = new Meter("Other.ActorNode");
        other.CreateCounter<int>("actornode.t10.foreign").Add(1);
        _meter.CreateUpDownCounter<int>("actornode.t10.same").Add(1);
        _meter.CreateHistogram<int>("actornode.t10.same").Record(1);
        var text = Scrape();
        Assert.DoesNotContain("foreign", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE actornode_t10_same gauge\nactornode_t10_same 1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("actornode_t10_same_count", text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "The process and the runtime are there, and every line obeys the format")]
    public void Whole_text()
    {
        _meter.CreateCounter<int>("actornode.t11.n").Add(1, new KeyValuePair<string, object?>("k", "v w"));
        var lines = Scrape().Split('\n');
        Assert.Equal("", lines[^1]);
        var seen = new HashSet<string>();
        foreach (var line in lines[..^1])
        {
            Assert.Matches("^(# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .+|[a-zA-Z_:][a-zA-Z0-9_:]*(\\{[a-zA-Z_][a-zA-Z0-9_]*=\"([^\"\\\\]|\\\\.)*\"(,[a-zA-Z_][a-zA-Z0-9_]*=\"([^\"\\\\]|\\\\.)*\")*\\})? (NaN|[+-]Inf|-?[0-9.]+(E[+-]?[0-9]+)?))$", line);
            if (line.StartsWith("# TYPE", StringComparison.Ordinal))
                Assert.True(seen.Add(line), line);
        }

        foreach (var name in new[] { "process_cpu_seconds_total ", "process_resident_memory_bytes ", "process_start_time_seconds ", "dotnet_gc_collections_total{" })
            Assert.Contains(lines, l => l.StartsWith(name, StringComparison.Ordinal));
    }

    [Fact(DisplayName = "Recording to a known series allocates nothing")]
    public void Recording_allocates_nothing()
    {
        var counter = _meter.CreateCounter<long>("actornode.t12.n");
        var histogram = _meter.CreateHistogram<double>("actornode.t12.h");
        var tag = new KeyValuePair<string, object?>("k", "v");
        Record();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            Record();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Record()
        {
            counter.Add(1);
            counter.Add(1, tag);
            histogram.Record(0.1, tag);
        }
    }

    private string Scrape() => Scrape(_exporter);

    private static string Scrape(PrometheusExporter exporter)
    {
        using var buffer = new PooledBuffer(1);
        exporter.Write(buffer);
        return Encoding.UTF8.GetString(buffer.Written.Span);
    }
}

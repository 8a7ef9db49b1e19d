namespace ActorNode.Server.Metrics;

/// <summary>
/// The numbers behind one set of labels. Recording neither locks nor allocates; a reader sees each number whole, and a histogram's sum
/// and buckets at most a few measurements apart.
/// </summary>
internal sealed class MetricSeries(string labels, double[]? bounds)
{
    // One more than there are bounds: the last bucket takes the rest.
    private readonly long[]? _buckets = bounds is null ? null : new long[bounds.Length + 1];
    private long _whole;
    private double _fraction;

    /// <summary>The labels as the text format writes them, without braces; empty when there are none.</summary>
    public string Labels => labels;

    /// <summary>The scrape at which an observed value was set last.</summary>
    public int Generation { get; set; }

    /// <summary>What whole numbers came to.</summary>
    public long Whole => Volatile.Read(ref _whole);

    /// <summary>What other numbers came to.</summary>
    public double Fraction => Volatile.Read(ref _fraction);

    /// <summary>Measurements in a bucket, not counting the buckets before it.</summary>
    public long InBucket(int bucket) => Volatile.Read(ref _buckets![bucket]);

    public void Add(long value) => Interlocked.Add(ref _whole, value);

    public void Add(double value)
    {
        var seen = Volatile.Read(ref _fraction);
        while (true)
        {
            var before = Interlocked.CompareExchange(ref _fraction, seen + value, seen);
            // Equal by bits: NaN would never equal itself.
            if (BitConverter.DoubleToInt64Bits(before) == BitConverter.DoubleToInt64Bits(seen))
                return;
            seen = before;
        }
    }

    public void Set(long value) => Volatile.Write(ref _whole, value);

    public void Set(double value) => Volatile.Write(ref _fraction, value);

    public void Observe(double value)
    {
        // Bounds are inclusive: a value equal to one belongs below it.
        var bucket = Array.BinarySearch(bounds!, value);
        Interlocked.Increment(ref _buckets![bucket < 0 ? ~bucket : bucket]);
        Add(value);
    }
}

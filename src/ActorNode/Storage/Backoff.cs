namespace ActorNode.Storage;

/// <summary>Capped exponential waits between tries.</summary>
public static class Backoff
{
    /// <summary>
    /// The wait after the <paramref name="failures"/>-th failure in a row (1 is the first): <paramref name="min"/> doubled with each
    /// further one, at most <paramref name="max"/>, of which <paramref name="random"/> (0 to 1) decides the upper half, so that many
    /// who failed together do not come back together.
    /// </summary>
    public static TimeSpan Delay(int failures, TimeSpan min, TimeSpan max, double random)
    {
        // 2^40 milliseconds are 35 years: past every sensible cap and far from overflow.
        var full = Math.Min(max.TotalMilliseconds, min.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 40)));
        return TimeSpan.FromMilliseconds(full * (0.5 + random / 2));
    }
}

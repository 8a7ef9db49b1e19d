namespace ActorNode.Upkeep;

/// <summary>
/// The random pause between two batches of HTLC forwards, so that nobody can follow a payment by its timing: log-normal around 50 ms with a
/// deviation of 0.5, in whole milliseconds of at most 200, and up to a millisecond more.
/// </summary>
internal static class HtlcBatchDelay
{
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(200) + TimeSpan.FromMicroseconds(999);

    private const double Deviation = 0.5;
    private const double Most = 200;
    private static readonly double Mean = Math.Log(50);

    /// <summary>Draws one. Draws beyond the longest are drawn again.</summary>
    public static TimeSpan Next(Random random)
    {
        while (true)
        {
            // Box-Muller; 1 - x is never zero.
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var milliseconds = Math.Round(Math.Exp(Mean + Deviation * normal));
            if (milliseconds <= Most)
                return TimeSpan.FromMilliseconds(milliseconds) + TimeSpan.FromMicroseconds(random.Next(1000));
        }
    }
}

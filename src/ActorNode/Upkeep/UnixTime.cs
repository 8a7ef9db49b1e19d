namespace ActorNode.Upkeep;

/// <summary>Time as the graph and the scorer count it.</summary>
internal static class UnixTime
{
    private static readonly TimeSpan StaleAfter = TimeSpan.FromDays(14);

    /// <summary>
    /// The time since 1970; null where the clock is obviously not set, or beyond what the network's 32 bits hold: by such a clock everything
    /// or nothing would be stale.
    /// </summary>
    public static TimeSpan? Of(DateTimeOffset now)
    {
        var since = now - DateTimeOffset.UnixEpoch;
        return since > StaleAfter && since.TotalSeconds <= uint.MaxValue ? since : null;
    }
}

namespace ActorNode.Storage;

/// <summary>Times as the databases hold them: microseconds since 1970-01-01 UTC, rounded down.</summary>
internal static class Timestamps
{
    public static long ToMicroseconds(DateTimeOffset time)
    {
        var ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        var whole = ticks / TimeSpan.TicksPerMicrosecond;
        return ticks % TimeSpan.TicksPerMicrosecond < 0 ? whole - 1 : whole;
    }

    public static DateTimeOffset FromMicroseconds(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}

using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Scheduling;

/// <summary>
/// Delays that look random and are the same each time they are asked for, on every node and after every restart: a tick's own. Pure.
/// </summary>
internal static class TickSpread
{
    /// <summary>A delay from zero up to, and without, <paramref name="bound"/>.</summary>
    public static TimeSpan Of(JobId job, int initiator, long number, TimeSpan bound)
    {
        if (bound <= TimeSpan.Zero)
            return TimeSpan.Zero;
        // FNV-1a over what names the tick, then a finalizer that spreads each bit over all.
        var hash = 14695981039346656037UL;
        foreach (var c in job.Value)
            hash = (hash ^ c) * 1099511628211UL;
        hash = (hash ^ (uint)initiator) * 1099511628211UL;
        hash = (hash ^ (ulong)number) * 1099511628211UL;
        hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9UL;
        hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebUL;
        return TimeSpan.FromTicks((long)Math.BigMul(hash ^ (hash >> 31), (ulong)bound.Ticks, out _));
    }
}

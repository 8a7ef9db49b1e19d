using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace ActorNode.Jobs.Scheduling;

/// <summary>
/// A time zone as the stretches of time between changes of its offset, worked out once a zone and year and kept for the life of the process,
/// so that a search for the next time of a schedule asks the zone nothing. Thread-safe.
/// </summary>
internal sealed class ZoneTimeline
{
    private static readonly ConditionalWeakTable<TimeZoneInfo, ZoneTimeline> Known = [];

    /// <summary>Changes less than this apart would be taken for one; no zone has any.</summary>
    private static readonly TimeSpan Probe = TimeSpan.FromHours(12);

    private readonly TimeZoneInfo _zone;
    private readonly ConcurrentDictionary<int, Stretch[]> _years = new();

    private ZoneTimeline(TimeZoneInfo zone) => _zone = zone;

    public static ZoneTimeline Of(TimeZoneInfo zone) => Known.GetValue(zone, z => new ZoneTimeline(z));

    /// <summary>The stretch that an instant lies in, cut at the ends of its year (UTC).</summary>
    public Stretch At(DateTime utc)
    {
        var year = _years.GetOrAdd(utc.Year, Compute);
        var found = year[0];
        foreach (var stretch in year)
        {
            if (stretch.Start <= utc.Ticks)
                found = stretch;
        }

        return found;
    }

    private Stretch[] Compute(int year)
    {
        var end = year == DateTime.MaxValue.Year ? DateTime.MaxValue.Ticks : Utc(year + 1).Ticks;
        var stretches = new List<Stretch>();
        // A day earlier: local times that a change at the turn of the year repeats are known as repeated in the new one, too.
        var start = (year == 1 ? Utc(1) : Utc(year).AddDays(-1)).Ticks;
        var offset = OffsetAt(start);
        var repeatedUntil = 0L;
        while (FindChange(start, end, offset) is { } change)
        {
            stretches.Add(new Stretch(start, change, offset, repeatedUntil));
            // The local time at which the old offset ended: all up to there was had before.
            repeatedUntil = change + offset;
            start = change;
            offset = OffsetAt(start);
        }

        stretches.Add(new Stretch(start, end, offset, repeatedUntil));
        return [.. stretches];
    }

    private long? FindChange(long start, long end, long offset)
    {
        for (var before = start; before < end; before += Probe.Ticks)
        {
            var after = Math.Min(before + Probe.Ticks, end - TimeSpan.TicksPerSecond);
            if (OffsetAt(after) == offset)
                continue;
            while (after - before > TimeSpan.TicksPerSecond)
            {
                var middle = before + (after - before) / 2 / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond;
                if (OffsetAt(middle) == offset)
                    before = middle;
                else
                    after = middle;
            }

            return after;
        }

        return null;
    }

    private long OffsetAt(long utc) => _zone.GetUtcOffset(new DateTime(utc, DateTimeKind.Utc)).Ticks;

    private static DateTime Utc(int year) => new(year, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Time with one offset, in ticks.</summary>
    /// <param name="Start">Its first instant.</param>
    /// <param name="End">The instant after its last.</param>
    /// <param name="Offset">What local time is ahead of UTC.</param>
    /// <param name="RepeatedUntil">Local times before this one occurred in the stretch before already, when they occur in this one.</param>
    public readonly record struct Stretch(long Start, long End, long Offset, long RepeatedUntil);
}

using System.Numerics;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Scheduling;

/// <summary>
/// A cron expression: five or six fields, seconds first, day of week last and optional; or a descriptor (<c>@hourly</c>, <c>@every 1h30m</c>).
/// Prefix <c>CRON_TZ=Zone</c> (or <c>TZ=</c>) names the time zone. Immutable, thread-safe, under 100 bytes.
/// <para>
/// Changes of the clock: a local time that is left out does not fire, as in the original. Of a local time that occurs twice a schedule for
/// certain hours fires the first only (the original: both); one for every hour goes on in real time.
/// </para>
/// </summary>
public sealed class CronSchedule
{
    private const string EveryPrefix = "@every ";
    private static readonly string[] ZonePrefixes = ["CRON_TZ=", "TZ="];

    /// <summary>A search for the next time ends with the year so many years ahead.</summary>
    private const int YearsAhead = 5;

    private readonly ulong _seconds;
    private readonly ulong _minutes;
    private readonly uint _hours;
    private readonly uint _daysOfMonth;
    private readonly ushort _months;
    private readonly byte _daysOfWeek;

    /// <summary>Day of month and day of week are both restricted: either will do.</summary>
    private readonly bool _eitherDay;

    private readonly ZoneTimeline _zone;

    /// <summary>The pause of <c>@every</c>; zero: not one.</summary>
    private readonly TimeSpan _every;

    private CronSchedule(TimeSpan every, TimeZoneInfo zone) => (_every, _zone) = (every, ZoneTimeline.Of(zone));

    private CronSchedule(string[] fields, TimeZoneInfo zone)
    {
        _seconds = CronField.Seconds.Parse(fields[0], out _);
        _minutes = CronField.Minutes.Parse(fields[1], out _);
        _hours = (uint)CronField.Hours.Parse(fields[2], out _);
        _daysOfMonth = (uint)CronField.DaysOfMonth.Parse(fields[3], out var anyDayOfMonth);
        _months = (ushort)CronField.Months.Parse(fields[4], out _);
        var anyDayOfWeek = true;
        _daysOfWeek = (byte)(fields.Length == 5 ? CronField.DaysOfWeek.All : CronField.DaysOfWeek.Parse(fields[5], out anyDayOfWeek));
        _eitherDay = !anyDayOfMonth && !anyDayOfWeek;
        _zone = ZoneTimeline.Of(zone);
    }

    /// <summary>Reads an expression.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="defaultZone">The zone of an expression that names none.</param>
    /// <exception cref="FormatException">It is none; the text is the original library's.</exception>
    public static CronSchedule Parse(string text, TimeZoneInfo defaultZone)
    {
        if (text.Length == 0)
            throw new FormatException("Empty spec string");
        var zone = TakeZone(ref text) ?? defaultZone;
        if (text.StartsWith('@'))
            return ParseDescriptor(text, zone);
        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields.Length is 5 or 6
            ? new CronSchedule(fields, zone)
            : throw new FormatException($"Expected 5 to 6 fields, found {fields.Length}: {text}");
    }

    /// <summary>
    /// The first time after <paramref name="after"/>, a whole second, in UTC. Null: none by the end of the fifth year from then on, and the
    /// schedule never fires.
    /// </summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        var second = WholeSecond(after);
        if (_every > TimeSpan.Zero)
            return _every.Ticks < DateTime.MaxValue.Ticks - second ? At(second + _every.Ticks) : null;
        var from = second + TimeSpan.TicksPerSecond;
        var lastYear = 0;
        while (from < DateTime.MaxValue.Ticks)
        {
            var stretch = _zone.At(new DateTime(from, DateTimeKind.Utc));
            var local = from + stretch.Offset;
            if (_hours != CronField.Hours.All && local < stretch.RepeatedUntil)
                local = stretch.RepeatedUntil;
            local = Math.Clamp(local, 0, DateTime.MaxValue.Ticks);
            lastYear = lastYear == 0 ? new DateTime(local).Year + YearsAhead : lastYear;
            if (NextLocal(new DateTime(local), lastYear) is not { } found)
                return null;
            if (found.Ticks - stretch.Offset < stretch.End)
                return At(found.Ticks - stretch.Offset);
            from = stretch.End;
        }

        return null;
    }

    /// <summary>
    /// The first time after <paramref name="after"/> of a schedule whose last time was <paramref name="previous"/>, from which
    /// <c>@every</c> counts.
    /// </summary>
    public DateTimeOffset? Next(DateTimeOffset previous, DateTimeOffset after)
    {
        if (_every == TimeSpan.Zero || after <= previous)
            return Next(after > previous ? after : previous);
        var passed = (after.UtcTicks - WholeSecond(previous)) / _every.Ticks;
        return Next(At(WholeSecond(previous) + passed * _every.Ticks));
    }

    /// <summary>The last time up to <paramref name="upTo"/>, inclusive, of a schedule whose last time was <paramref name="previous"/>.</summary>
    public DateTimeOffset? Latest(DateTimeOffset previous, DateTimeOffset upTo)
    {
        if (Next(previous) is not { } first || first > upTo)
            return null;
        // The time after `before` is not too late, that after `beyond` is: in seconds, so that years take some thirty steps.
        var before = WholeSecond(previous) / TimeSpan.TicksPerSecond;
        var beyond = WholeSecond(upTo) / TimeSpan.TicksPerSecond;
        while (beyond - before > 1)
        {
            var middle = before + (beyond - before) / 2;
            if (Next(previous, At(middle * TimeSpan.TicksPerSecond)) is { } next && next <= upTo)
                before = middle;
            else
                beyond = middle;
        }

        return Next(previous, At(before * TimeSpan.TicksPerSecond));
    }

    /// <summary>The next times, at most so many.</summary>
    public IEnumerable<DateTimeOffset> Preview(DateTimeOffset after, int count)
    {
        for (var next = Next(after); count > 0 && next is { } time; next = Next(time), count--)
            yield return time;
    }

    private static long WholeSecond(DateTimeOffset time) => time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerSecond;

    private static DateTimeOffset At(long ticks) => new(ticks, TimeSpan.Zero);

    /// <summary>The first local time from <paramref name="from"/> on, on a clock that nobody changes.</summary>
    private DateTime? NextLocal(DateTime from, int lastYear)
    {
        if (DayMatches(from) && NextTimeOfDay(from) is { } time)
            return from.Date + time;
        return from.Date < DateTime.MaxValue.Date && NextDay(from.Date.AddDays(1), lastYear) is { } day ? day + NextTimeOfDay(day) : null;
    }

    private DateTime? NextDay(DateTime day, int lastYear)
    {
        while (day.Year <= lastYear)
        {
            if ((_months >> day.Month & 1) == 0)
            {
                var month = Lowest(_months, day.Month + 1);
                if (month < 0 && day.Year == DateTime.MaxValue.Year)
                    return null;
                day = month < 0 ? new DateTime(day.Year + 1, Lowest(_months, 1), 1) : new DateTime(day.Year, month, 1);
                continue;
            }

            if (DayMatches(day))
                return day;
            if (day == DateTime.MaxValue.Date)
                return null;
            day = day.AddDays(1);
        }

        return null;
    }

    private bool DayMatches(DateTime day)
    {
        if ((_months >> day.Month & 1) == 0)
            return false;
        var ofMonth = (_daysOfMonth >> day.Day & 1) != 0;
        var ofWeek = (_daysOfWeek >> (int)day.DayOfWeek & 1) != 0;
        return _eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek;
    }

    private TimeSpan? NextTimeOfDay(DateTime from)
    {
        var hour = Lowest(_hours, from.Hour);
        var minute = hour == from.Hour ? Lowest(_minutes, from.Minute) : 0;
        var second = hour == from.Hour && minute == from.Minute ? Lowest(_seconds, from.Second) : 0;
        if (second < 0)
            minute = Lowest(_minutes, from.Minute + 1);
        if (minute < 0)
            hour = Lowest(_hours, from.Hour + 1);
        if (hour < 0)
            return null;
        if (hour != from.Hour)
            minute = Lowest(_minutes, 0);
        if (hour != from.Hour || minute != from.Minute)
            second = Lowest(_seconds, 0);
        return new TimeSpan(hour, minute, second);
    }

    /// <summary>The lowest value in the mask from <paramref name="from"/> on, or -1.</summary>
    private static int Lowest(ulong mask, int from)
    {
        var rest = mask >> from << from;
        return rest == 0 ? -1 : BitOperations.TrailingZeroCount(rest);
    }

    private static CronSchedule ParseDescriptor(string text, TimeZoneInfo zone)
    {
        var fields = text switch
        {
            "@yearly" or "@annually" => "0 0 0 1 1 *",
            "@monthly" => "0 0 0 1 * *",
            "@weekly" => "0 0 0 * * 0",
            "@daily" or "@midnight" => "0 0 0 * * *",
            "@hourly" => "0 0 * * * *",
            _ => null,
        };
        if (fields is not null)
            return new CronSchedule(fields.Split(' '), zone);
        if (!text.StartsWith(EveryPrefix, StringComparison.Ordinal))
            throw new FormatException($"Unrecognized descriptor: {text}");
        try
        {
            var every = GoDuration.Parse(text[EveryPrefix.Length..]);
            var whole = TimeSpan.FromSeconds(every.Ticks / TimeSpan.TicksPerSecond);
            return new CronSchedule(whole > TimeSpan.Zero ? whole : TimeSpan.FromSeconds(1), zone);
        }
        catch (FormatException e)
        {
            throw new FormatException($"Failed to parse duration {text}: {e.Message}", e);
        }
    }

    /// <summary>Cuts the prefix off and says which zone it names.</summary>
    private static TimeZoneInfo? TakeZone(ref string text)
    {
        foreach (var prefix in ZonePrefixes)
        {
            if (!text.StartsWith(prefix, StringComparison.Ordinal))
                continue;
            var end = text.AsSpan().IndexOfAny(" \t");
            var name = end < 0 ? text[prefix.Length..] : text[prefix.Length..end];
            text = end < 0 ? "" : text[end..].Trim();
            return TimeZones.Find(name) ?? throw new FormatException($"Provided bad location {name}: unknown time zone {name}");
        }

        return null;
    }
}

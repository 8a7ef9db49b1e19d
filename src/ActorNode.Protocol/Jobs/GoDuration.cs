using System.Globalization;
using System.Text;

namespace ActorNode.Protocol.Jobs;

/// <summary>
/// Durations in the notation of Go (<c>1h30m</c>, <c>1.5s</c>, <c>500ms</c>), which job specs and the original's configuration use. Same
/// range as Go's, about 292 years either way; what is finer than 100 ns is cut off.
/// </summary>
public static class GoDuration
{
    /// <summary>Longest text that is looked at.</summary>
    public const int MaxLength = 128;

    private const long NanosecondsPerTick = 100;

    private static readonly (string Name, long Nanoseconds)[] Units =
    [
        ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
        ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ns", 1),
    ];

    /// <summary>Reads a duration.</summary>
    /// <exception cref="FormatException">It is none; the text is the original's.</exception>
    public static TimeSpan Parse(string text) => Read(text, out var duration) is { } error ? throw new FormatException(error) : duration;

    /// <summary>Reads a duration, if it is one.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        return text is not null && Read(text, out duration) is null;
    }

    /// <summary>Prints a duration as Go does: <c>1h30m0s</c>, <c>1.5s</c>, <c>500ms</c>, <c>0s</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
            return "0s";
        var text = new StringBuilder(duration < TimeSpan.Zero ? "-" : "");
        var ticks = duration.Ticks < 0 ? 0UL - (ulong)duration.Ticks : (ulong)duration.Ticks;
        if (ticks < TimeSpan.TicksPerSecond)
        {
            var nanoseconds = (decimal)(ticks * (ulong)NanosecondsPerTick);
            var (divisor, unit) = nanoseconds < 1_000 ? (1m, "ns") : nanoseconds < 1_000_000 ? (1_000m, "µs") : (1_000_000m, "ms");
            return text.Append(Digits(nanoseconds / divisor)).Append(unit).ToString();
        }

        var minutes = ticks / TimeSpan.TicksPerMinute;
        if (minutes >= 60)
            text.Append(CultureInfo.InvariantCulture, $"{minutes / 60}h");
        if (minutes > 0)
            text.Append(CultureInfo.InvariantCulture, $"{minutes % 60}m");
        return text.Append(Digits(ticks % TimeSpan.TicksPerMinute / (decimal)TimeSpan.TicksPerSecond)).Append('s').ToString();
    }

    private static string Digits(decimal value) => value.ToString("0.#########", CultureInfo.InvariantCulture);

    /// <summary>The error, or null.</summary>
    private static string? Read(string text, out TimeSpan duration)
    {
        duration = default;
        if (text.Length > MaxLength)
            return $"time: invalid duration of {text.Length} characters";
        var rest = text.AsSpan();
        var negative = rest.StartsWith("-");
        if (negative || rest.StartsWith("+"))
            rest = rest[1..];
        if (rest is "0")
            return null;
        if (rest.IsEmpty)
            return Invalid(text);
        var sum = 0m;
        while (!rest.IsEmpty)
        {
            var number = rest[..NumberLength(rest)];
            rest = rest[number.Length..];
            if (number.IsEmpty || number is "." || !TryReadNumber(number, out var value))
                return Invalid(text);
            var unit = rest[..UnitLength(rest)];
            rest = rest[unit.Length..];
            if (unit.IsEmpty)
                return $"time: missing unit in duration {text}";
            if (NanosecondsOf(unit) is not { } nanoseconds)
                return $"time: unknown unit {unit} in duration {text}";
            sum += value * nanoseconds;
            if (sum > long.MaxValue)
                return Invalid(text);
        }

        var ticks = (long)decimal.Truncate(sum / NanosecondsPerTick);
        duration = TimeSpan.FromTicks(negative ? -ticks : ticks);
        return null;
    }

    /// <summary>More digits than a decimal has are cut off behind the point and refused before it.</summary>
    private static bool TryReadNumber(ReadOnlySpan<char> number, out decimal value)
    {
        var point = number.IndexOf('.');
        var digits = point < 0 ? number : number[..Math.Min(number.Length, point + 10)];
        value = default;
        return (point < 0 ? number.Length : point) <= 19
            && decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);
    }

    private static int NumberLength(ReadOnlySpan<char> text)
    {
        var digits = 0;
        var points = 0;
        foreach (var c in text)
        {
            if (c == '.' && points++ == 0)
                continue;
            if (!char.IsAsciiDigit(c))
                break;
            digits++;
        }

        return digits + Math.Min(points, 1);
    }

    private static int UnitLength(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAny(".0123456789");
        return end < 0 ? text.Length : end;
    }

    private static long? NanosecondsOf(ReadOnlySpan<char> unit)
    {
        foreach (var (name, nanoseconds) in Units)
        {
            if (unit.SequenceEqual(name))
                return nanoseconds;
        }

        return null;
    }

    private static string Invalid(string text) => $"time: invalid duration {text}";
}

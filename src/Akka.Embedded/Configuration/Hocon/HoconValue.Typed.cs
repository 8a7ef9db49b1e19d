using System.Globalization;

namespace Akka.Configuration.Hocon;

/// <summary>The text of a value read as a number, truth value, duration or size. What does not fit is a FormatException.</summary>
public partial class HoconValue
{
    private const long Kilo = 1000;
    private const long Kibi = 1024;

    // Longest match first is not needed: a unit is the whole run of letters at the end.
    private static readonly Dictionary<string, double> TicksPerUnit = Units(
        (TimeSpan.TicksPerMicrosecond / 1000.0, "ns nano nanos nanosecond nanoseconds"),
        (TimeSpan.TicksPerMicrosecond, "us micro micros microsecond microseconds"),
        (TimeSpan.TicksPerMillisecond, "ms milli millis millisecond milliseconds"),
        (TimeSpan.TicksPerSecond, "s second seconds"),
        (TimeSpan.TicksPerMinute, "m minute minutes"),
        (TimeSpan.TicksPerHour, "h hour hours"),
        (TimeSpan.TicksPerDay, "d day days"));

    private static readonly Dictionary<string, double> BytesPerUnit = Units(
        (1, "b B byte bytes"),
        (Kilo, "kB kilobyte kilobytes"),
        (Kilo * Kilo, "MB megabyte megabytes"),
        (Kilo * Kilo * Kilo, "GB gigabyte gigabytes"),
        (Kilo * Kilo * Kilo * Kilo, "TB terabyte terabytes"),
        (Kilo * Kilo * Kilo * Kilo * Kilo, "PB petabyte petabytes"),
        (Kilo * Kilo * Kilo * Kilo * Kilo * Kilo, "EB exabyte exabytes"),
        (Kibi, "k K Ki KiB kibibyte kibibytes"),
        (Kibi * Kibi, "m M Mi MiB mebibyte mebibytes"),
        (Kibi * Kibi * Kibi, "g G Gi GiB gibibyte gibibytes"),
        (Kibi * Kibi * Kibi * Kibi, "t T Ti TiB tebibyte tebibytes"),
        (Kibi * Kibi * Kibi * Kibi * Kibi, "p P Pi PiB pebibyte pebibytes"),
        (Kibi * Kibi * Kibi * Kibi * Kibi * Kibi, "e E Ei EiB exbibyte exbibytes"));

    /// <summary>In any case: other formats write <c>True</c>.</summary>
    public bool GetBoolean() => GetString()?.ToLowerInvariant() switch
    {
        "true" or "on" or "yes" => true,
        "false" or "off" or "no" => false,
        var text => throw new NotSupportedException($"'{text}' is not a truth value: expected on, off, true, false, yes or no."),
    };

    public int GetInt() => Number<int>("a whole number", NumberStyles.Integer);

    public long GetLong() => Number<long>("a whole number", NumberStyles.Integer);

    public byte GetByte() => Number<byte>("a whole number from 0 to 255", NumberStyles.Integer);

    public float GetFloat() => Number<float>("a number", NumberStyles.Float | NumberStyles.AllowThousands);

    public double GetDouble() => Number<double>("a number", NumberStyles.Float | NumberStyles.AllowThousands);

    public decimal GetDecimal() => Number<decimal>("a number", NumberStyles.Number);

    /// <summary>
    /// A number and a unit (<c>10s</c>, <c>0.5 minutes</c>), a bare number of milliseconds, or <c>infinite</c> for
    /// <see cref="Timeout.InfiniteTimeSpan"/> where that is allowed.
    /// </summary>
    public TimeSpan GetTimeSpan(bool allowInfinite = true)
    {
        var text = GetString();
        if (string.Equals(text, "infinite", StringComparison.OrdinalIgnoreCase))
        {
            return allowInfinite
                ? Timeout.InfiniteTimeSpan
                : throw new FormatException("'infinite' is not allowed here: expected a finite duration such as 10s.");
        }

        if (!TryMeasure(text, TicksPerUnit, TimeSpan.TicksPerMillisecond, out var ticks) || ticks < 0 || ticks >= long.MaxValue)
            throw new FormatException($"'{text}' is not a duration: expected a number and a unit, such as 500ms, 10s, 5 minutes or infinite.");
        return TimeSpan.FromTicks((long)Math.Round(ticks));
    }

    /// <summary>A number of bytes, or a number and a unit: powers of 1,000 (kB, MB) or of 1,024 (k, KiB, m, MiB). Null for null.</summary>
    public long? GetByteSize()
    {
        var text = GetString();
        if (string.IsNullOrEmpty(text))
            return null;
        if (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var exact))
            return exact;
        if (!TryMeasure(text, BytesPerUnit, 1, out var bytes) || Math.Abs(bytes) >= long.MaxValue)
            throw new FormatException($"'{text}' is not a size: expected a number of bytes, or a number and a unit such as 64k, 10 MiB or 4kB.");
        return (long)bytes;
    }

    public IList<bool> GetBooleanList() => List(element => element.GetBoolean());

    public IList<byte> GetByteList() => List(element => element.GetByte());

    public IList<int> GetIntList() => List(element => element.GetInt());

    public IList<long> GetLongList() => List(element => element.GetLong());

    public IList<float> GetFloatList() => List(element => element.GetFloat());

    public IList<double> GetDoubleList() => List(element => element.GetDouble());

    public IList<decimal> GetDecimalList() => List(element => element.GetDecimal());

    public IList<string> GetStringList() => List(element => element.GetString()!);

    private List<T> List<T>(Func<HoconValue, T> read) => GetArray().Select(read).ToList();

    private T Number<T>(string expected, NumberStyles styles)
        where T : struct, System.Numerics.INumberBase<T>
    {
        var text = GetString();
        return T.TryParse(text, styles, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"'{text}' is not {expected}.");
    }

    private static bool TryMeasure(string? text, Dictionary<string, double> units, double bareUnit, out double measure)
    {
        measure = 0;
        if (string.IsNullOrEmpty(text))
            return false;

        var end = text.Length;
        while (end > 0 && char.IsAsciiLetter(text[end - 1]))
            end--;
        var factor = bareUnit;
        if (end < text.Length && !units.TryGetValue(text[end..], out factor))
            return false;
        if (!double.TryParse(text.AsSpan(0, end).TrimEnd(), NumberStyles.Float, CultureInfo.InvariantCulture, out var count))
            return false;
        measure = count * factor;
        return double.IsFinite(measure);
    }

    private static Dictionary<string, double> Units(params (double Factor, string Names)[] units) =>
        units.SelectMany(unit => unit.Names.Split(' '), (unit, name) => (name, unit.Factor))
            .ToDictionary(unit => unit.name, unit => unit.Factor, StringComparer.Ordinal);
}

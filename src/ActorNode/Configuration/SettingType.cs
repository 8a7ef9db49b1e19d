using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Runtime.Serialization;
using System.Text.RegularExpressions;

namespace ActorNode.Configuration;

/// <summary>
/// How values of one type are written in a configuration: what is expected in words that follow "is not", reading (null: not such a
/// value) and writing. What is written reads back as the same value.
/// </summary>
public sealed record SettingType(string Expected, Func<string, object?> Parse, Func<object, string> Format)
{
    /// <summary>Any text.</summary>
    public static readonly SettingType Text = new("a text", text => text, value => (string)value);

    /// <summary>On or off, in the words HOCON has for it.</summary>
    public static readonly SettingType Switch = new("on or off", ParseSwitch, value => (bool)value ? "on" : "off");

    /// <summary>A 32-bit whole number.</summary>
    public static readonly SettingType Int = new("a whole number",
        text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
        value => ((int)value).ToString(CultureInfo.InvariantCulture));

    /// <summary>A 64-bit whole number.</summary>
    public static readonly SettingType Long = new("a whole number",
        text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
        value => ((long)value).ToString(CultureInfo.InvariantCulture));

    /// <summary>A number.</summary>
    public static readonly SettingType Double = new("a number",
        text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null,
        value => ((double)value).ToString("R", CultureInfo.InvariantCulture));

    /// <summary>A length of time; the unit may only be left out of zero.</summary>
    public static readonly SettingType Duration = new("a duration such as '500 ms', '10 s', '5 m', '1 h' or '7 d'", ParseDuration,
        value => FormatDuration((TimeSpan)value));

    /// <summary>A number of bytes in a 64-bit number.</summary>
    public static readonly SettingType LongBytes = new("a number of bytes such as '512', '64 KiB', '32 MiB' or '1 GiB'",
        text => ParseBytes(text), value => FormatBytes((long)value));

    /// <summary>A number of bytes in a 32-bit number.</summary>
    public static readonly SettingType IntBytes = new("a number of bytes below 2 GiB such as '512', '64 KiB' or '32 MiB'",
        text => ParseBytes(text) is { } bytes and <= int.MaxValue ? (int)bytes : null, value => FormatBytes((int)value));

    private static readonly FrozenDictionary<string, double> DurationUnits = new Dictionary<string, double>
    {
        ["ms"] = 1,
        ["millis"] = 1,
        ["millisecond"] = 1,
        ["milliseconds"] = 1,
        ["s"] = 1e3,
        ["second"] = 1e3,
        ["seconds"] = 1e3,
        ["m"] = 60e3,
        ["minute"] = 60e3,
        ["minutes"] = 60e3,
        ["h"] = 3600e3,
        ["hour"] = 3600e3,
        ["hours"] = 3600e3,
        ["d"] = 86400e3,
        ["day"] = 86400e3,
        ["days"] = 86400e3,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, long> ByteUnits = new Dictionary<string, long>
    {
        [""] = 1,
        ["b"] = 1,
        ["B"] = 1,
        ["byte"] = 1,
        ["bytes"] = 1,
        ["kB"] = 1000,
        ["k"] = 1L << 10,
        ["K"] = 1L << 10,
        ["Ki"] = 1L << 10,
        ["KiB"] = 1L << 10,
        ["MB"] = 1000_000,
        ["m"] = 1L << 20,
        ["M"] = 1L << 20,
        ["Mi"] = 1L << 20,
        ["MiB"] = 1L << 20,
        ["GB"] = 1000_000_000,
        ["g"] = 1L << 30,
        ["G"] = 1L << 30,
        ["Gi"] = 1L << 30,
        ["GiB"] = 1L << 30,
        ["TB"] = 1000_000_000_000,
        ["t"] = 1L << 40,
        ["T"] = 1L << 40,
        ["Ti"] = 1L << 40,
        ["TiB"] = 1L << 40,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The words for nothing at all, where a setting may be off.</summary>
    public static bool IsOff(string text) => text is "off" or "none" or "infinite";

    /// <summary>One of the names of an enumeration: what its <see cref="EnumMemberAttribute"/> says, otherwise its name in kebab-case.</summary>
    public static SettingType Choice(Type enumeration)
    {
        var values = Enum.GetValues(enumeration);
        var names = values.Cast<object>().Select(value => NameOf(enumeration.GetField(value.ToString()!)!)).ToArray();
        return new SettingType(
            "one of " + string.Join(", ", names),
            text => Array.IndexOf(names, text.ToLowerInvariant()) is >= 0 and var index ? values.GetValue(index) : null,
            value => names[Array.IndexOf(values, value)]);
    }

    private static string NameOf(FieldInfo member) => member.GetCustomAttribute<EnumMemberAttribute>()?.Value ?? Kebab(member.Name);

    /// <summary>The key of a property: <c>MaxPage</c> is <c>max-page</c>.</summary>
    public static string Kebab(string name) =>
        Regex.Replace(name, "(?<=[a-z0-9])(?=[A-Z])", "-").ToLowerInvariant();

    private static object? ParseSwitch(string text) => text switch
    {
        "on" or "true" or "yes" => true,
        "off" or "false" or "no" => false,
        _ => null,
    };

    private static object? ParseDuration(string text)
    {
        var (number, unit) = Split(text);
        if (number is not { } amount || amount < 0)
            return null;
        if (unit.Length == 0)
            return amount == 0 ? TimeSpan.Zero : null;
        if (!DurationUnits.TryGetValue(unit, out var factor) || amount * factor > TimeSpan.MaxValue.TotalMilliseconds / 2)
            return null;
        return TimeSpan.FromMilliseconds(amount * factor);
    }

    private static long? ParseBytes(string text)
    {
        var (number, unit) = Split(text);
        if (number is not { } amount || amount < 0 || !ByteUnits.TryGetValue(unit, out var factor) || amount * factor > long.MaxValue / 2)
            return null;
        var bytes = amount * factor;
        return bytes == Math.Floor(bytes) ? (long)bytes : null;
    }

    private static (double? Number, string Unit) Split(string text)
    {
        var end = text.AsSpan().IndexOfAnyExcept("0123456789.");
        if (end < 0)
            end = text.Length;
        return double.TryParse(text.AsSpan(0, end), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? (number, text[end..].Trim())
            : (null, "");
    }

    private static string FormatDuration(TimeSpan value)
    {
        var milliseconds = value.TotalMilliseconds;
        (double Factor, string Unit)[] units = [(86400e3, "d"), (3600e3, "h"), (60e3, "m"), (1e3, "s")];
        foreach (var (factor, unit) in units)
        {
            if (milliseconds >= factor && milliseconds % factor == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{milliseconds / factor} {unit}");
        }

        return milliseconds == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{milliseconds} ms");
    }

    private static string FormatBytes(long value)
    {
        (int Shift, string Unit)[] units = [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")];
        foreach (var (shift, unit) in units)
        {
            if (value != 0 && value % (1L << shift) == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{value >> shift} {unit}");
        }

        return value.ToString(CultureInfo.InvariantCulture);
    }
}

using System.Globalization;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Akka.Hosting;

/// <summary>Values as HOCON text that reads as the same value.</summary>
public static class HoconExtensions
{
    /// <summary>In quotes where it needs them, with JSON's escapes for what is not plain.</summary>
    public static string ToHocon(this string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return HoconPath.JsonText(text);
    }

    public static string ToHocon(this bool? value) => Required(value).ToHocon();

    public static string ToHocon(this bool value) => value ? "on" : "off";

    public static string ToHocon(this int? value) => Required(value).ToHocon();

    public static string ToHocon(this int value) => value.ToString(CultureInfo.InvariantCulture);

    public static string ToHocon(this long? value) => Required(value).ToHocon();

    public static string ToHocon(this long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string ToHocon(this float? value) => Required(value).ToHocon();

    public static string ToHocon(this float value) => value.ToString(CultureInfo.InvariantCulture);

    public static string ToHocon(this double? value) => Required(value).ToHocon();

    public static string ToHocon(this double value) => value.ToString(CultureInfo.InvariantCulture);

    public static string ToHocon(this TimeSpan? value, bool allowInfinite = false, bool zeroIsInfinite = false) =>
        Required(value).ToHocon(allowInfinite, zeroIsInfinite);

    /// <summary>A duration in milliseconds, or <c>infinite</c> for a negative one where that is allowed, and for zero where it means that.</summary>
    public static string ToHocon(this TimeSpan value, bool allowInfinite = false, bool zeroIsInfinite = false)
    {
        if (value > TimeSpan.Zero || (value == TimeSpan.Zero && !zeroIsInfinite))
            return value.TotalMilliseconds.ToString("0.######", CultureInfo.InvariantCulture) + " ms";
        return allowInfinite
            ? "infinite"
            : throw new ConfigurationException($"The duration {value} is infinite, which is not allowed here.");
    }

    private static T Required<T>(T? value)
        where T : struct => value ?? throw new ConfigurationException("A setting without a value cannot be written as HOCON.");
}

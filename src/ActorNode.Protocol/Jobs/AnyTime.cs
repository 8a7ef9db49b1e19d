using System.Globalization;
using System.Text.Json;

namespace ActorNode.Protocol.Jobs;

/// <summary>
/// The lenient times of job specs, <c>time</c> of a run at a time and <c>until</c> of a sleep: seconds since 1970, RFC 3339, a date, a year and
/// other common notations, as a JSON number or text. Always UTC; a notation without a zone is taken for UTC. Fractions are kept to 100 ns.
/// </summary>
public static class AnyTime
{
    /// <summary>Longest text that is looked at.</summary>
    public const int MaxLength = 64;

    /// <summary>Reads a JSON value. Null and the empty text are no time.</summary>
    /// <exception cref="FormatException">It is no time.</exception>
    public static DateTimeOffset? Read(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.Number => Parse(value.GetRawText()),
        JsonValueKind.String => Parse(value.GetString()!),
        JsonValueKind.True or JsonValueKind.False => throw new FormatException("A boolean is not a time: expected a number or a text"),
        JsonValueKind.Array => throw new FormatException("An array is not a time: expected a number or a text"),
        _ => throw new FormatException("An object is not a time: expected a number or a text"),
    };

    /// <summary>Reads a text. The empty text is no time.</summary>
    /// <exception cref="FormatException">It is no time.</exception>
    public static DateTimeOffset? Parse(string text)
    {
        if (text.Length > MaxLength)
            throw new FormatException($"A text of {text.Length} characters is not a time: at most {MaxLength} are read");
        var trimmed = text.AsSpan().Trim();
        if (trimmed.IsEmpty)
            return text.Length == 0 ? null : throw Unreadable(text);
        try
        {
            return trimmed.ContainsAnyExceptInRange('0', '9') ? ParseNotation(trimmed) ?? throw Unreadable(text) : ParseDigits(trimmed) ?? throw Unreadable(text);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw new FormatException($"The time {text} does not exist or is not between the years 1 and 9999", e);
        }
    }

    /// <summary>What a number means depends on how long it is, as in the original; nine and eleven digits are seconds, too.</summary>
    private static DateTimeOffset? ParseDigits(ReadOnlySpan<char> digits) => digits.Length switch
    {
        4 => Date(Number(digits), 1, 1),
        6 => Date(Number(digits[..4]), Number(digits[4..]), 1),
        8 => Date(Number(digits[..4]), Number(digits[4..6]), Number(digits[6..])),
        14 => Date(Number(digits[..4]), Number(digits[4..6]), Number(digits[6..8]))
            + new TimeOnly(Number(digits[8..10]), Number(digits[10..12]), Number(digits[12..])).ToTimeSpan(),
        9 or 10 or 11 or 12 => Seconds(digits),
        13 => DateTimeOffset.FromUnixTimeMilliseconds(Long(digits)),
        16 => DateTimeOffset.UnixEpoch.AddTicks(checked(Long(digits) * TimeSpan.TicksPerMicrosecond)),
        19 => DateTimeOffset.UnixEpoch.AddTicks(Long(digits) / TimeSpan.NanosecondsPerTick),
        _ => null,
    };

    private static DateTimeOffset? ParseNotation(ReadOnlySpan<char> text) =>
        LooksLikeNumber(text) ? Seconds(text) : TimeNotations.Parse(text.ToString());

    /// <summary>Seconds with a fraction or an exponent; <c>2014.03</c> is a month.</summary>
    private static bool LooksLikeNumber(ReadOnlySpan<char> text) =>
        !text.ContainsAnyExcept("0123456789.eE+") && (text.ContainsAny('e', 'E') || text.IndexOf('.') >= 9);

    private static DateTimeOffset? Seconds(ReadOnlySpan<char> number)
    {
        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!decimal.TryParse(number, Style, CultureInfo.InvariantCulture, out var seconds))
            return null;
        return DateTimeOffset.UnixEpoch.AddTicks(decimal.ToInt64(decimal.Truncate(seconds * TimeSpan.TicksPerSecond)));
    }

    private static DateTimeOffset Date(int year, int month, int day) => new(year, month, day, 0, 0, 0, TimeSpan.Zero);

    private static int Number(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    private static long Long(ReadOnlySpan<char> digits) => long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    private static FormatException Unreadable(string text) => new($"Could not find a time in {JsonEncodedText.Encode(text)}: expected unix seconds, RFC 3339, a date or a year");
}

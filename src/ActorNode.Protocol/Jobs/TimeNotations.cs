using System.Globalization;
using System.Text.RegularExpressions;

namespace ActorNode.Protocol.Jobs;

/// <summary>
/// The notations of dates and times that people write: ISO 8601 and RFC 3339, RFC 1123 and 850, C's, numbers with the month first, names of
/// months. Weekdays are passed over. Zones are offsets, UTC, GMT, Z and the American ones of RFC 822; others are refused, since their letters
/// mean different offsets in different places.
/// </summary>
internal static partial class TimeNotations
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    /// <summary>Null: it is none of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is one, of a day or an hour that does not exist.</exception>
    public static DateTimeOffset? Parse(string text)
    {
        var match = DateThenTime().Match(text);
        if (!match.Success)
            match = TimeBeforeYear().Match(text);
        if (!match.Success || MonthOf(match) is not { } month || OffsetOf(match) is not { } offset)
            return null;
        var day = new DateTime(YearOf(match.Groups["year"]), month, Number(match.Groups["day"], 1), 0, 0, 0, DateTimeKind.Utc);
        return new DateTimeOffset(day + TimeOf(match), TimeSpan.Zero) - offset;
    }

    private static TimeSpan TimeOf(Match match)
    {
        var hour = Number(match.Groups["hour"], 0);
        if (match.Groups["half"] is { Success: true } half)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(hour is >= 1 and <= 12, true);
            hour = hour % 12 + (half.ValueSpan[0] is 'p' or 'P' ? 12 : 0);
        }

        var time = new TimeOnly(hour, Number(match.Groups["minute"], 0), Number(match.Groups["second"], 0)).ToTimeSpan();
        return match.Groups["fraction"] is { Success: true } fraction
            ? time + TimeSpan.FromTicks(long.Parse(fraction.Value.PadRight(7, '0').AsSpan(0, 7), CultureInfo.InvariantCulture))
            : time;
    }

    private static int YearOf(Group group)
    {
        var year = Number(group, 0);
        return group.Length == 4 ? year : year >= 69 ? 1900 + year : 2000 + year;
    }

    private static int? MonthOf(Match match)
    {
        if (match.Groups["name"] is not { Success: true } name)
            return Number(match.Groups["month"], 1);
        var index = Array.FindIndex(Months, month => name.ValueSpan.StartsWith(month, StringComparison.OrdinalIgnoreCase));
        return index < 0 ? null : index + 1;
    }

    private static TimeSpan? OffsetOf(Match match)
    {
        if (match.Groups["offset"] is { Success: true } offset)
        {
            var digits = offset.Value.Replace(":", "", StringComparison.Ordinal);
            var hours = int.Parse(digits.AsSpan(1, 2), CultureInfo.InvariantCulture);
            var minutes = digits.Length > 3 ? int.Parse(digits.AsSpan(3, 2), CultureInfo.InvariantCulture) : 0;
            ArgumentOutOfRangeException.ThrowIfGreaterThan(hours, 23, "offset");
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minutes, 59, "offset");
            var size = new TimeSpan(hours, minutes, 0);
            return digits[0] == '-' ? -size : size;
        }

        return match.Groups["zone"].Value.ToUpperInvariant() switch
        {
            "" or "Z" or "UTC" or "GMT" or "UT" => TimeSpan.Zero,
            "EDT" => TimeSpan.FromHours(-4),
            "EST" or "CDT" => TimeSpan.FromHours(-5),
            "CST" or "MDT" => TimeSpan.FromHours(-6),
            "MST" or "PDT" => TimeSpan.FromHours(-7),
            "PST" => TimeSpan.FromHours(-8),
            _ => null,
        };
    }

    private static int Number(Group group, int absent) => group.Success ? int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : absent;

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace;

    private const string Weekday = @"\A (?: (?:sun|mon|tue|wed|thu|fri|sat)[a-z]* ,? [ ]+ )?";

    private const string MonthName = @"(?<name> jan(?:uary)? | feb(?:ruary)? | mar(?:ch)? | apr(?:il)? | may | june? | july? | aug(?:ust)? | sep(?:t(?:ember)?)? | oct(?:ober)? | nov(?:ember)? | dec(?:ember)? )";

    private const string Day = "(?<day>[0-9]{1,2})";

    private const string Year = "(?<year>[0-9]{4}|[0-9]{2})";

    private const string Time = @"(?<hour>[0-9]{1,2}) : (?<minute>[0-9]{2}) (?: : (?<second>[0-9]{2}) (?: [.,:] (?<fraction>[0-9]{1,9}) )? )? (?: [ ]? (?<half>am|pm) )?";

    private const string Zone = @"(?: [ ]? (?: (?: utc|gmt )? (?<offset>[+-][0-9]{2}(?: :?[0-9]{2})?) (?: [ ] (?:utc|gmt|[(][^)]*[)]) )? | (?<zone>z|[a-z]{2,4}) ) )?";

    [GeneratedRegex(
        Weekday + """
         (?: (?<year>[0-9]{4}) (?: (?<separator>[-/.:]) (?<month>[0-9]{1,2}) (?: \k<separator> (?<day>[0-9]{1,2}) )? )?
           | (?<year>[0-9]{4}) - (?<name>[a-z]{3}) - (?<day>[0-9]{1,2})
           | (?<month>[0-9]{1,2}) (?<separator>[/.]) (?<day>[0-9]{1,2}) \k<separator> (?<year>[0-9]{4}|[0-9]{2})
        """ + "|" + Day + "(?:st|nd|rd|th)? [ /-]" + MonthName + "[.]? ,? [ /-]" + Year
            + "|" + MonthName + "[.]? [ ]+" + Day + "(?:st|nd|rd|th)? ,? [ ]+ '?" + Year
            + """
        )
        (?: (?: t | ,?[ ]+ | ,?[ ]+at[ ]+ | : )
        """ + Time + ")?" + Zone + @"\z",
        Options)]
    private static partial Regex DateThenTime();

    [GeneratedRegex(Weekday + MonthName + "[ ]+" + Day + ",? [ ]+" + Time + Zone + "[ ]+ (?<year>[0-9]{4})" + @"\z", Options)]
    private static partial Regex TimeBeforeYear();
}

using System.Globalization;
using System.Text;

namespace ActorNode.Jobs.Scheduling;

/// <summary>One field of a cron expression: its range and names, and how its text becomes a bit mask. Error texts are the original library's.</summary>
internal sealed class CronField(int min, int max, params string[] names)
{
    public static readonly CronField Seconds = new(0, 59);
    public static readonly CronField Minutes = new(0, 59);
    public static readonly CronField Hours = new(0, 23);
    public static readonly CronField DaysOfMonth = new(1, 31);
    public static readonly CronField Months = new(1, 12, "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    public static readonly CronField DaysOfWeek = new(0, 6, "sun", "mon", "tue", "wed", "thu", "fri", "sat");

    /// <summary>Every value that the field can have.</summary>
    public ulong All { get; } = Bits(min, max, 1);

    /// <summary>
    /// The values of a comma list. Empty parts are passed over, as in the original; a list of nothing else is refused here, where the original
    /// would take it for a schedule that never fires.
    /// </summary>
    /// <param name="text">The field.</param>
    /// <param name="star">Whether a part begins with <c>*</c> or <c>?</c>.</param>
    /// <exception cref="FormatException">It is no such list.</exception>
    public ulong Parse(string text, out bool star)
    {
        star = false;
        var bits = 0UL;
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            bits |= ParseRange(part, out var partIsStar);
            star |= partIsStar;
        }

        return bits == 0 ? throw Unreadable("", "invalid syntax") : bits;
    }

    /// <summary><c>*</c>, <c>a</c>, <c>a-b</c>, each with <c>/step</c>; <c>a/step</c> goes to the end of the range.</summary>
    private ulong ParseRange(string text, out bool star)
    {
        var rangeAndStep = text.Split('/');
        var bounds = rangeAndStep[0].Split('-');
        star = bounds[0] is "*" or "?";
        long start = min;
        long end = max;
        if (!star)
        {
            start = ParseValue(bounds[0]);
            end = bounds.Length switch
            {
                1 => start,
                2 => ParseValue(bounds[1]),
                _ => throw new FormatException($"Too many hyphens: {text}"),
            };
        }

        var step = 1L;
        if (rangeAndStep.Length > 2)
            throw new FormatException($"Too many slashes: {text}");
        if (rangeAndStep.Length == 2)
        {
            step = ParseNumber(rangeAndStep[1]);
            if (bounds.Length == 1)
                end = max;
        }

        if (start < min)
            throw new FormatException($"Beginning of range ({start}) below minimum ({min}): {text}");
        if (end > max)
            throw new FormatException($"End of range ({end}) above maximum ({max}): {text}");
        if (start > end)
            throw new FormatException($"Beginning of range ({start}) beyond end of range ({end}): {text}");
        if (step == 0)
            throw new FormatException($"Step of range should be a positive number: {text}");
        return Bits((int)start, (int)end, step);
    }

    private long ParseValue(string text)
    {
        var index = Array.FindIndex(names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? min + index : ParseNumber(text);
    }

    private static long ParseNumber(string text)
    {
        var digits = text.AsSpan(text is ['+' or '-', ..] ? 1 : 0);
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
            throw Unreadable(text, "invalid syntax");
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            throw Unreadable(text, "value out of range");
        return number < 0 ? throw new FormatException($"Negative number ({number}) not allowed: {text}") : number;
    }

    private static ulong Bits(int start, int end, long step)
    {
        var bits = 0UL;
        for (long value = start; value <= end; value += Math.Min(step, 64))
            bits |= 1UL << (int)value;
        return bits;
    }

    private static FormatException Unreadable(string text, string why) => new($"Failed to parse int from {text}: strconv.Atoi: parsing {Quote(text)}: {why}");

    /// <summary>As Go quotes a text in its errors.</summary>
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            quoted.Append(rune.Value switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                < ' ' or 0x7f => $"\\x{rune.Value:x2}",
                _ => rune.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}

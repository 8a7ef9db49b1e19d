using ActorNode.Jobs.Scheduling;
using Xunit;

namespace ActorNode.Tests.Jobs.Scheduling;

/// <summary>Random expressions in random zones, against a model that looks at each second by itself.</summary>
public sealed class CronSchedulePropertySpec
{
    private const int Windows = 60;

    private static readonly string[] Zones =
    [
        "UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata", "Africa/Casablanca",
        "Pacific/Apia", "America/St_Johns", "Asia/Tehran", "Pacific/Chatham", "America/Nuuk", "Africa/Cairo", "Asia/Gaza",
    ];

    [Theory(DisplayName = "A schedule fires when the model does, around changes of the clock and elsewhere")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Agrees_with_the_model(int seed)
    {
        var random = new Random(seed);
        var fired = 0;
        for (var i = 0; i < Windows; i++)
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(Zones[random.Next(Zones.Length)]);
            var from = Start(random, zone);
            var to = from.AddHours(random.Next(3, 27));
            var (text, matches, everyHour) = Expression(random);
            var schedule = CronSchedule.Parse(text, zone);
            var expected = Model(matches, everyHour, zone, from, to).ToArray();
            var actual = schedule.Preview(from, expected.Length + 1).TakeWhile(time => time <= to).ToArray();
            fired += expected.Length;
            Assert.True(expected.SequenceEqual(actual), $"seed {seed}: {text} in {zone.Id} from {from:o} to {to:o}: {Difference(expected, actual)}");
            Assert.Equal(expected.Length == 0 ? null : expected[^1], schedule.Latest(from, to));
        }

        Assert.True(fired > Windows);
    }

    /// <summary>Half of the windows begin before a change of the clock.</summary>
    private static DateTimeOffset Start(Random random, TimeZoneInfo zone)
    {
        var start = new DateTimeOffset(1990, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(random.NextInt64(50L * 365 * 86_400)).AddMilliseconds(random.Next(1000));
        if (random.Next(2) == 0)
            return start;
        for (var day = 0; day < 400; day++)
        {
            if (zone.GetUtcOffset(start.AddDays(day)) != zone.GetUtcOffset(start.AddDays(day + 1)))
                return start.AddDays(day).AddHours(-random.Next(3));
        }

        return start;
    }

    private static IEnumerable<DateTimeOffset> Model(Func<DateTime, bool> matches, bool everyHour, TimeZoneInfo zone, DateTimeOffset from, DateTimeOffset to)
    {
        // The local times that were had: a fixed time that comes back does not fire.
        var start = from.AddTicks(-(from.Ticks % TimeSpan.TicksPerSecond));
        var seen = new HashSet<DateTime>();
        for (var time = start.AddHours(-30); time <= to; time = time.AddSeconds(1))
        {
            var local = TimeZoneInfo.ConvertTime(time, zone).DateTime;
            var isNew = seen.Add(local);
            if (time > from && matches(local) && (isNew || everyHour))
                yield return time;
        }
    }

    private static (string Text, Func<DateTime, bool> Matches, bool EveryHour) Expression(Random random)
    {
        var (second, seconds, _) = Field(random, 0, 59, [], 5);
        var (minute, minutes, _) = Field(random, 0, 59, [], 3);
        var (hour, hours, _) = Field(random, 0, 23, [], 2);
        var (day, days, anyDay) = Field(random, 1, 31, [], 1);
        var (month, months, _) = Field(random, 1, 12, ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1);
        var (weekday, weekdays, anyWeekday) = Field(random, 0, 6, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"], 1);
        if (random.Next(3) == 0)
            (weekday, weekdays, anyWeekday) = ("", _ => true, true);
        return ($"{second} {minute} {hour} {day} {month} {weekday}".TrimEnd(), local =>
            seconds(local.Second) && minutes(local.Minute) && hours(local.Hour) && months(local.Month)
            && (anyDay || anyWeekday
                ? days(local.Day) && weekdays((int)local.DayOfWeek)
                : days(local.Day) || weekdays((int)local.DayOfWeek)),
            Enumerable.Range(0, 24).All(hours));
    }

    private static (string Text, Func<int, bool> Matches, bool Star) Field(Random random, int min, int max, string[] names, int parts)
    {
        if (random.Next(2) == 0)
            return (random.Next(2) == 0 ? "*" : "?", _ => true, true);
        var texts = new List<string>();
        var values = new HashSet<int>();
        var star = false;
        for (var i = random.Next(parts) + 1; i > 0; i--)
        {
            var low = random.Next(min, max + 1);
            var high = random.Next(low, max + 1);
            var step = random.Next(1, max / 2 + 2);
            var lowText = Name(random, low, min, names);
            var (text, from, to, by) = random.Next(5) switch
            {
                0 => ($"*/{step}", min, max, step),
                1 => ($"{lowText}/{step}", low, max, step),
                2 => ($"{lowText}-{Name(random, high, min, names)}", low, high, 1),
                3 => ($"{lowText}-{Name(random, high, min, names)}/{step}", low, high, step),
                _ => (lowText, low, low, 1),
            };
            star |= text[0] == '*';
            texts.Add(text);
            for (var value = from; value <= to; value += by)
                values.Add(value);
        }

        return (string.Join(',', texts), values.Contains, star);
    }

    private static string Name(Random random, int value, int min, string[] names) =>
        names.Length > 0 && random.Next(2) == 0 ? names[value - min] : $"{value}";

    private static string Difference(DateTimeOffset[] expected, DateTimeOffset[] actual) =>
        $"missing {string.Join(' ', expected.Except(actual).Take(3))}, too many {string.Join(' ', actual.Except(expected).Take(3))}";
}

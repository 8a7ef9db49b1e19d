using System.Globalization;
using System.Runtime.CompilerServices;
using ActorNode.Jobs.Scheduling;
using Xunit;

namespace ActorNode.Tests.Jobs.Scheduling;

/// <summary>The dialect: what is read, what is refused in which words, and when it fires.</summary>
public sealed class CronScheduleSpec
{
    [Theory(DisplayName = "A schedule fires next at")]
    [InlineData("* * * * *", "2019-07-24T10:00:00.5", "2019-07-24T10:00:01")]
    [InlineData("* * * * *", "2019-07-24T10:00:00", "2019-07-24T10:00:01")]
    [InlineData("0 * * * * *", "2019-07-24T10:00:00", "2019-07-24T10:01:00")]
    [InlineData("0 0/15 * * *", "2012-07-09T14:45:00", "2012-07-09T15:00:00")]
    [InlineData("0 5/15 * * *", "2012-07-09T15:51:00", "2012-07-09T16:05:00")]
    [InlineData("0 20-35/15 * * *", "2012-07-09T15:45:00", "2012-07-09T16:20:00")]
    [InlineData("0 */15 * * *", "2012-07-09T23:46:00", "2012-07-10T00:00:00")]
    [InlineData("15/35 20-35/15 1/2 * *", "2012-07-09T23:35:51", "2012-07-10T01:20:15")]
    [InlineData("15/35 20-35/15 1/2 */2 * *", "2012-07-09T23:35:51", "2012-07-11T01:20:15")]
    [InlineData("0 0 0 9 Apr-Oct ?", "2012-07-09T23:35:00", "2012-08-09T00:00:00")]
    [InlineData("0 0 0 */5 Apr,Aug,Oct Mon", "2012-07-09T23:35:00", "2012-08-06T00:00:00")]
    [InlineData("0 0 0 * Feb Mon", "2012-07-09T23:35:00", "2013-02-04T00:00:00")]
    [InlineData("0 0 0 * fEB mOn/2", "2012-07-09T23:35:00", "2013-02-01T00:00:00")]
    [InlineData("0 * * * * *", "2012-12-31T23:59:45", "2013-01-01T00:00:00")]
    [InlineData("0 0 0 29 Feb ?", "2012-07-09T23:35:00", "2016-02-29T00:00:00")]
    [InlineData("0 0 0 1,15 * Sun", "2012-07-09T00:00:00", "2012-07-15T00:00:00")]
    [InlineData("0 0 0 1,15 * Sun", "2012-07-16T00:00:00", "2012-07-22T00:00:00")]
    [InlineData("0 0 0 */10 * Sun", "2012-07-09T00:00:00", "2012-10-21T00:00:00")]
    [InlineData("0 0 0 1-31 * Mon", "2012-07-09T00:00:00", "2012-07-10T00:00:00")]
    [InlineData("0 0 0 ? * Mon-Tue", "2012-07-11T00:00:00", "2012-07-16T00:00:00")]
    [InlineData("5,,10, * * * *", "2012-07-11T00:00:05", "2012-07-11T00:00:10")]
    [InlineData("+5 * * * *", "2012-07-11T00:00:05", "2012-07-11T00:01:05")]
    [InlineData("0\t0   0 1 1", "2012-07-11T00:00:05", "2013-01-01T00:00:00")]
    [InlineData("@yearly", "2012-07-11T00:00:05", "2013-01-01T00:00:00")]
    [InlineData("@annually", "2012-07-11T00:00:05", "2013-01-01T00:00:00")]
    [InlineData("@monthly", "2012-07-11T00:00:05", "2012-08-01T00:00:00")]
    [InlineData("@weekly", "2012-07-11T00:00:05", "2012-07-15T00:00:00")]
    [InlineData("@daily", "2012-07-11T00:00:05", "2012-07-12T00:00:00")]
    [InlineData("@midnight", "2012-07-11T00:00:05", "2012-07-12T00:00:00")]
    [InlineData("@hourly", "2012-07-11T00:00:05", "2012-07-11T01:00:00")]
    [InlineData("@every 1h30m", "2012-07-11T00:00:05.75", "2012-07-11T01:30:05")]
    [InlineData("@every 1.9s", "2012-07-11T00:00:05", "2012-07-11T00:00:06")]
    [InlineData("@every 10ms", "2012-07-11T00:00:05", "2012-07-11T00:00:06")]
    [InlineData("CRON_TZ=Asia/Tokyo 0 0 9 * * *", "2012-07-11T00:00:00", "2012-07-12T00:00:00")]
    [InlineData("TZ=Asia/Tokyo 0 0 9 * * *", "2012-07-10T23:59:59", "2012-07-11T00:00:00")]
    [InlineData("CRON_TZ=UTC @daily", "2012-07-10T23:59:59", "2012-07-11T00:00:00")]
    [InlineData("CRON_TZ=America/New_York   0 30 2 * * *", "2012-07-10T00:00:00", "2012-07-10T06:30:00")]
    public void Fires_next_at(string expression, string after, string next) =>
        Assert.Equal(Utc(next), CronSchedule.Parse(expression, TimeZoneInfo.Utc).Next(Utc(after)));

    [Theory(DisplayName = "A schedule without a time by the end of the fifth year ahead never fires")]
    [InlineData("0 0 0 30 Feb ?", "2012-07-09T23:35:00")]
    [InlineData("0 0 0 31 Apr,Jun ?", "2012-07-09T23:35:00")]
    [InlineData("0 0 0 29 Feb ?", "2096-03-01T00:00:00")]
    [InlineData("* * * * *", "9999-12-31T23:59:59")]
    [InlineData("0 0 0 1 1 ?", "9999-06-01T00:00:00")]
    [InlineData("@every 10000h", "9999-06-01T00:00:00")]
    public void Never_fires(string expression, string after) => Assert.Null(CronSchedule.Parse(expression, TimeZoneInfo.Utc).Next(Utc(after)));

    [Fact(DisplayName = "The fifth year ahead is still searched")]
    public void Fifth_year() => Assert.Equal(Utc("2104-02-29T00:00:00"), CronSchedule.Parse("0 0 0 29 2 ?", TimeZoneInfo.Utc).Next(Utc("2099-12-31T00:00:00")));

    [Theory(DisplayName = "What is no schedule is refused in the words of the original's library")]
    [InlineData("", "Empty spec string")]
    [InlineData("! * * * *", "Failed to parse int from !: strconv.Atoi: parsing \"!\": invalid syntax")]
    [InlineData("\" * * * *", "Failed to parse int from \": strconv.Atoi: parsing \"\\\"\": invalid syntax")]
    [InlineData("\u0001 * * * *", "Failed to parse int from \u0001: strconv.Atoi: parsing \"\\x01\": invalid syntax")]
    [InlineData("5- * * * *", "Failed to parse int from : strconv.Atoi: parsing \"\": invalid syntax")]
    [InlineData("-5 * * * *", "Failed to parse int from : strconv.Atoi: parsing \"\": invalid syntax")]
    [InlineData(", * * * *", "Failed to parse int from : strconv.Atoi: parsing \"\": invalid syntax")]
    [InlineData("99999999999999999999 * * * *", "Failed to parse int from 99999999999999999999: strconv.Atoi: parsing \"99999999999999999999\": value out of range")]
    [InlineData("*/-5 * * * *", "Negative number (-5) not allowed: -5")]
    [InlineData("* * * *", "Expected 5 to 6 fields, found 4: * * * *")]
    [InlineData("* * * * * * *", "Expected 5 to 6 fields, found 7: * * * * * * *")]
    [InlineData("  ", "Expected 5 to 6 fields, found 0:   ")]
    [InlineData("CRON_TZ=UTC", "Expected 5 to 6 fields, found 0: ")]
    [InlineData("TZ=UTC * *", "Expected 5 to 6 fields, found 2: * *")]
    [InlineData("* * * 0 *", "Beginning of range (0) below minimum (1): 0")]
    [InlineData("* * * * 0-3", "Beginning of range (0) below minimum (1): 0-3")]
    [InlineData("60 * * * *", "End of range (60) above maximum (59): 60")]
    [InlineData("* * 24 * *", "End of range (24) above maximum (23): 24")]
    [InlineData("* * * * * 7", "End of range (7) above maximum (6): 7")]
    [InlineData("* * * 1-32 *", "End of range (32) above maximum (31): 1-32")]
    [InlineData("30-10 * * * *", "Beginning of range (30) beyond end of range (10): 30-10")]
    [InlineData("99/2 * * * *", "Beginning of range (99) beyond end of range (59): 99/2")]
    [InlineData("*/0 * * * *", "Step of range should be a positive number: */0")]
    [InlineData("1-2-3 * * * *", "Too many hyphens: 1-2-3")]
    [InlineData("1/2/3 * * * *", "Too many slashes: 1/2/3")]
    [InlineData("* * * * foo", "Failed to parse int from foo: strconv.Atoi: parsing \"foo\": invalid syntax")]
    [InlineData("@fortnightly", "Unrecognized descriptor: @fortnightly")]
    [InlineData("@every", "Unrecognized descriptor: @every")]
    [InlineData("@Daily", "Unrecognized descriptor: @Daily")]
    [InlineData("@every soon", "Failed to parse duration @every soon: time: invalid duration soon")]
    [InlineData("@every 5", "Failed to parse duration @every 5: time: missing unit in duration 5")]
    [InlineData("@every 5y", "Failed to parse duration @every 5y: time: unknown unit y in duration 5y")]
    [InlineData("CRON_TZ=Mars/Olympus * * * * *", "Provided bad location Mars/Olympus: unknown time zone Mars/Olympus")]
    [InlineData("CRON_TZ=/etc/passwd * * * * *", "Provided bad location /etc/passwd: unknown time zone /etc/passwd")]
    [InlineData("CRON_TZ=../../etc/passwd * * * * *", "Provided bad location ../../etc/passwd: unknown time zone ../../etc/passwd")]
    [InlineData("CRON_TZ= * * * * *", "Provided bad location : unknown time zone ")]
    public void Refuses(string expression, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => CronSchedule.Parse(expression, TimeZoneInfo.Utc)).Message);

    [Fact(DisplayName = "A local time that the change to summer time leaves out does not fire that day, as in the original")]
    public void Left_out() =>
        Assert.Equal(
            DateTimeOffset.Parse("2013-03-11T02:30:00-04:00", CultureInfo.InvariantCulture),
            NewYork("0 30 2 11 Mar ?").Next(DateTimeOffset.Parse("2012-03-11T00:00:00-05:00", CultureInfo.InvariantCulture)));

    [Fact(DisplayName = "A fixed local time that the change to winter time repeats fires once, the first time")]
    public void Repeated_fixed() => Assert.Equal(
        [Time("2012-11-04T01:30:00-04:00"), Time("2012-11-05T01:30:00-05:00")],
        NewYork("0 30 1 * * *").Preview(Time("2012-11-04T00:00:00-04:00"), 2));

    [Fact(DisplayName = "Where only one of two repeated hours is meant, the minutes of it fire once")]
    public void Repeated_hour() => Assert.Equal(
        [Time("2012-11-04T01:00:00-04:00"), Time("2012-11-04T01:30:00-04:00"), Time("2012-11-05T01:00:00-05:00")],
        NewYork("0 */30 1 * * *").Preview(Time("2012-11-04T00:59:59-04:00"), 3));

    [Theory(DisplayName = "A schedule for every hour goes on in real time over both changes")]
    [InlineData("0 0,30 * * * *")]
    [InlineData("0 */30 0-23 * * *")]
    public void Every_hour(string expression)
    {
        foreach (var day in new[] { "2012-03-11T00:00:00-05:00", "2012-11-04T00:00:00-04:00" })
        {
            var times = NewYork(expression).Preview(Time(day), 60).ToArray();
            Assert.Equal(Enumerable.Range(1, 60).Select(i => Time(day).AddMinutes(30 * i)), times);
        }
    }

    [Theory(DisplayName = "Midnight that is left out or repeated, half hours, and changes at odd times")]
    // Midnight of 2017-10-15 was left out in Sao Paulo; 2018-02-18 00:00 came back an hour as 2018-02-17 23:00.
    [InlineData("America/Sao_Paulo", "0 0 0 * * *", "2017-10-14T03:00:00Z", "2017-10-16T02:00:00Z")]
    [InlineData("America/Sao_Paulo", "0 30 23 * * *", "2018-02-18T01:29:59Z", "2018-02-18T01:30:00Z")]
    [InlineData("America/Sao_Paulo", "0 30 23 * * *", "2018-02-18T01:30:00Z", "2018-02-19T02:30:00Z")]
    [InlineData("America/Sao_Paulo", "0 30 * * * *", "2018-02-18T01:30:00Z", "2018-02-18T02:30:00Z")]
    // Lord Howe moves by half an hour: 2:00 to 1:30 on 2019-04-07.
    [InlineData("Australia/Lord_Howe", "0 45 1 * * *", "2019-04-06T14:44:59Z", "2019-04-06T14:45:00Z")]
    [InlineData("Australia/Lord_Howe", "0 45 1 * * *", "2019-04-06T14:45:00Z", "2019-04-07T15:15:00Z")]
    // Apia left out the whole of 2011-12-30.
    [InlineData("Pacific/Apia", "0 0 12 * * *", "2011-12-29T22:00:00Z", "2011-12-30T22:00:00Z")]
    [InlineData("Pacific/Apia", "0 0 12 30 12 *", "2011-12-29T22:00:00Z", "2012-12-29T22:00:00Z")]
    public void Odd_zones(string zone, string expression, string after, string next) =>
        Assert.Equal(Time(next), CronSchedule.Parse(expression, TimeZoneInfo.FindSystemTimeZoneById(zone)).Next(Time(after)));

    [Fact(DisplayName = "The latest time is the last that walking finds, also where years lie between")]
    public void Latest()
    {
        var start = Utc("2019-07-24T10:00:00.25");
        foreach (var expression in new[] { "* * * * *", "0 0 3 1 * *", "0 */7 1-2 * * Mon", "@every 1h1m7s", "0 0 0 29 2 ?" })
        {
            var schedule = CronSchedule.Parse(expression, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
            foreach (var span in new[] { TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(61), TimeSpan.FromDays(1), TimeSpan.FromDays(3), TimeSpan.FromDays(40) })
            {
                var upTo = start + span;
                DateTimeOffset? last = null;
                foreach (var time in schedule.Preview(start, int.MaxValue).TakeWhile(time => time <= upTo))
                    last = time;
                Assert.Equal(last, schedule.Latest(start, upTo));
                if (last is { } found)
                    Assert.Equal(found, schedule.Latest(start, found));
            }

            if (expression != "0 0 0 29 2 ?")
                Assert.NotNull(schedule.Latest(start, start.AddYears(200)));
        }
    }

    [Fact(DisplayName = "@every counts from the last time, over any number that were passed over")]
    public void Every_from_previous()
    {
        var schedule = CronSchedule.Parse("@every 90s", TimeZoneInfo.Utc);
        Assert.Equal(Utc("2019-01-01T00:03:00"), schedule.Next(Utc("2019-01-01T00:00:00"), Utc("2019-01-01T00:01:30")));
        Assert.Equal(Utc("2019-01-01T00:01:30"), schedule.Next(Utc("2019-01-01T00:00:00"), Utc("2019-01-01T00:01:29")));
        Assert.Equal(Utc("2019-01-01T00:01:30"), schedule.Latest(Utc("2019-01-01T00:00:00"), Utc("2019-01-01T00:02:59.9")));
        Assert.Null(schedule.Latest(Utc("2019-01-01T00:00:00"), Utc("2019-01-01T00:01:29")));
    }

    [Fact(DisplayName = "A schedule takes less than 100 bytes; its zone is shared")]
    public void Small()
    {
        _ = RuntimeHelpers.GetUninitializedObject(typeof(CronSchedule));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var schedule = RuntimeHelpers.GetUninitializedObject(typeof(CronSchedule));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 99);
        GC.KeepAlive(schedule);
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        Assert.Same(ZoneTimeline.Of(zone), ZoneTimeline.Of(zone));
    }

    private static CronSchedule NewYork(string expression) => CronSchedule.Parse(expression, TimeZoneInfo.FindSystemTimeZoneById("America/New_York"));

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}

using System.Globalization;
using System.Text.Json;
using ActorNode.Protocol.Jobs;
using Xunit;

namespace ActorNode.Tests.Jobs;

/// <summary>The lenient times of job specs.</summary>
public sealed class AnyTimeSpec
{
    [Theory(DisplayName = "What people write for a time is read, in UTC")]
    [InlineData("1529445491", "2018-06-19T21:58:11Z")]
    [InlineData("1529445491.25", "2018-06-19T21:58:11.25Z")]
    [InlineData("1.529445491e9", "2018-06-19T21:58:11Z")]
    [InlineData("2018", "2018-01-01T00:00:00Z")]
    [InlineData("\"1529445491\"", "2018-06-19T21:58:11Z")]
    [InlineData("\"1529445491.1234567\"", "2018-06-19T21:58:11.1234567Z")]
    [InlineData("\"315532800\"", "1980-01-01T00:00:00Z")]
    [InlineData("\"1384216367189\"", "2013-11-12T00:32:47.189Z")]
    [InlineData("\"1384216367111222\"", "2013-11-12T00:32:47.111222Z")]
    [InlineData("\"1384216367111222333\"", "2013-11-12T00:32:47.1112223Z")]
    [InlineData("\"2018\"", "2018-01-01T00:00:00Z")]
    [InlineData("\"201806\"", "2018-06-01T00:00:00Z")]
    [InlineData("\"20180619\"", "2018-06-19T00:00:00Z")]
    [InlineData("\"20140722105203\"", "2014-07-22T10:52:03Z")]
    [InlineData("\"2018-06-19\"", "2018-06-19T00:00:00Z")]
    [InlineData("\" 2018-06-19 \"", "2018-06-19T00:00:00Z")]
    [InlineData("\"2018-06\"", "2018-06-01T00:00:00Z")]
    [InlineData("\"2018-06-19T22:17:19Z\"", "2018-06-19T22:17:19Z")]
    [InlineData("\"2018-06-19t22:17:19z\"", "2018-06-19T22:17:19Z")]
    [InlineData("\"2018-06-19T22:17:19.1234567Z\"", "2018-06-19T22:17:19.1234567Z")]
    [InlineData("\"2018-06-19T22:17:19.123456789Z\"", "2018-06-19T22:17:19.1234567Z")]
    [InlineData("\"2018-06-19T22:17:19+02:00\"", "2018-06-19T20:17:19Z")]
    [InlineData("\"2009-08-12T22:15:09-07:00\"", "2009-08-13T05:15:09Z")]
    [InlineData("\"2006-01-02T15:04:05+0000\"", "2006-01-02T15:04:05Z")]
    [InlineData("\"2019-05-29T08:41-04\"", "2019-05-29T12:41:00Z")]
    [InlineData("\"2009-08-12T22:15:09\"", "2009-08-12T22:15:09Z")]
    [InlineData("\"2014-04-26 17:24:37.3186369\"", "2014-04-26T17:24:37.3186369Z")]
    [InlineData("\"2013-04-01 22:43\"", "2013-04-01T22:43:00Z")]
    [InlineData("\"2014-12-16 06:20:00 UTC\"", "2014-12-16T06:20:00Z")]
    [InlineData("\"2014-04-26 05:24:37 PM\"", "2014-04-26T17:24:37Z")]
    [InlineData("\"2014-04-26 13:13:44 +09:00\"", "2014-04-26T04:13:44Z")]
    [InlineData("\"2012-08-03 18:31:59.257000000 +0000 UTC\"", "2012-08-03T18:31:59.257Z")]
    [InlineData("\"2014-05-11 08:20:13,787\"", "2014-05-11T08:20:13.787Z")]
    [InlineData("\"2020-07-20+08:00\"", "2020-07-19T16:00:00Z")]
    [InlineData("\"2014/3/31\"", "2014-03-31T00:00:00Z")]
    [InlineData("\"2012/03/19 10:11:59.3186369\"", "2012-03-19T10:11:59.3186369Z")]
    [InlineData("\"2014.03\"", "2014-03-01T00:00:00Z")]
    [InlineData("2014.03", "2014-03-01T00:00:00Z")]
    [InlineData("\"2014.03.30\"", "2014-03-30T00:00:00Z")]
    [InlineData("\"3/31/2014\"", "2014-03-31T00:00:00Z")]
    [InlineData("\"08/21/71\"", "1971-08-21T00:00:00Z")]
    [InlineData("\"8/8/1965 12:00:00 AM\"", "1965-08-08T00:00:00Z")]
    [InlineData("\"8/8/1965 1:00 pm\"", "1965-08-08T13:00:00Z")]
    [InlineData("\"3.31.2014\"", "2014-03-31T00:00:00Z")]
    [InlineData("\"May 8, 2009 5:57:51 PM\"", "2009-05-08T17:57:51Z")]
    [InlineData("\"oct 7, 1970\"", "1970-10-07T00:00:00Z")]
    [InlineData("\"oct. 7, '70\"", "1970-10-07T00:00:00Z")]
    [InlineData("\"October 7th, 1970\"", "1970-10-07T00:00:00Z")]
    [InlineData("\"September 17, 2012 at 10:09am PST\"", "2012-09-17T18:09:00Z")]
    [InlineData("\"12 Feb 2006, 19:17\"", "2006-02-12T19:17:00Z")]
    [InlineData("\"14 May 2019 19:11:40.164\"", "2019-05-14T19:11:40.164Z")]
    [InlineData("\"7 oct 68\"", "2068-10-07T00:00:00Z")]
    [InlineData("\"2013-Feb-03\"", "2013-02-03T00:00:00Z")]
    [InlineData("\"06/Jan/2008:15:04:05 -0700\"", "2008-01-06T22:04:05Z")]
    [InlineData("\"Mon Jan  2 15:04:05 2006\"", "2006-01-02T15:04:05Z")]
    [InlineData("\"Mon Jan  2 15:04:05 MST 2006\"", "2006-01-02T22:04:05Z")]
    [InlineData("\"Mon Jan 02 15:04:05 -0700 2006\"", "2006-01-02T22:04:05Z")]
    [InlineData("\"Monday, 02-Jan-06 15:04:05 GMT\"", "2006-01-02T15:04:05Z")]
    [InlineData("\"Mon, 02 Jan 2006 15:04:05 -0700\"", "2006-01-02T22:04:05Z")]
    [InlineData("\"Tue, 11 Jul 2017 16:28:13 +0200 (CEST)\"", "2017-07-11T14:28:13Z")]
    [InlineData("\"Mon Aug 10 15:44:11 UTC+0100 2015\"", "2015-08-10T14:44:11Z")]
    public void Reads(string json, string expected)
    {
        var time = AnyTime.Read(Json(json));
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), time);
        Assert.Equal(TimeSpan.Zero, time!.Value.Offset);
    }

    [Theory(DisplayName = "Null and the empty text are no time")]
    [InlineData("null")]
    [InlineData("\"\"")]
    public void Unset(string json) => Assert.Null(AnyTime.Read(Json(json)));

    [Theory(DisplayName = "Anything else is refused in words that name it")]
    [InlineData("\"1000h\"", "Could not find a time in 1000h: expected unix seconds, RFC 3339, a date or a year")]
    [InlineData("-1", "Could not find a time in -1: expected unix seconds, RFC 3339, a date or a year")]
    [InlineData("\"-1\"", "Could not find a time in -1: expected unix seconds, RFC 3339, a date or a year")]
    [InlineData("0", "Could not find a time in 0: expected unix seconds, RFC 3339, a date or a year")]
    [InlineData("12345", "Could not find a time in 12345: expected unix seconds, RFC 3339, a date or a year")]
    [InlineData("\" \"", "Could not find a time in  : expected unix seconds, RFC 3339, a date or a year")]
    [InlineData("\"tomorrow\"", "Could not find a time in tomorrow: expected unix seconds, RFC 3339, a date or a year")]
    [InlineData("\"2018-06-19T22:17:19 XYZ\"", "Could not find a time in 2018-06-19T22:17:19 XYZ: expected unix seconds, RFC 3339, a date or a year")]
    [InlineData("\"a\\nb\"", "Could not find a time in a\\nb: expected unix seconds, RFC 3339, a date or a year")]
    [InlineData("1529445491.1.1", null)]
    [InlineData("\"0000\"", "The time 0000 does not exist or is not between the years 1 and 9999")]
    [InlineData("\"201813\"", "The time 201813 does not exist or is not between the years 1 and 9999")]
    [InlineData("\"2018-02-30\"", "The time 2018-02-30 does not exist or is not between the years 1 and 9999")]
    [InlineData("\"2018-06-19T25:00:00Z\"", "The time 2018-06-19T25:00:00Z does not exist or is not between the years 1 and 9999")]
    [InlineData("\"2018-06-19 13:00 PM\"", "The time 2018-06-19 13:00 PM does not exist or is not between the years 1 and 9999")]
    [InlineData("\"0001-01-01T00:00:00+01:00\"", "The time 0001-01-01T00:00:00+01:00 does not exist or is not between the years 1 and 9999")]
    [InlineData("\"2018-06-19T00:00:00+24:00\"", "The time 2018-06-19T00:00:00+24:00 does not exist or is not between the years 1 and 9999")]
    [InlineData("999999999999", "The time 999999999999 does not exist or is not between the years 1 and 9999")]
    [InlineData("1e300", "Could not find a time in 1e300: expected unix seconds, RFC 3339, a date or a year")]
    [InlineData("1e27", "The time 1e27 does not exist or is not between the years 1 and 9999")]
    [InlineData("9999999999999999999", "The time 9999999999999999999 does not exist or is not between the years 1 and 9999")]
    [InlineData("true", "A boolean is not a time: expected a number or a text")]
    [InlineData("[]", "An array is not a time: expected a number or a text")]
    [InlineData("{}", "An object is not a time: expected a number or a text")]
    public void Refuses(string json, string? message)
    {
        if (message is null)
            Assert.ThrowsAny<JsonException>(() => AnyTime.Read(Json(json)));
        else
            Assert.Equal(message, Assert.Throws<FormatException>(() => AnyTime.Read(Json(json))).Message);
    }

    [Fact(DisplayName = "A long text is refused before it is looked at")]
    public void Too_long() => Assert.Equal(
        "A text of 100000 characters is not a time: at most 64 are read",
        Assert.Throws<FormatException>(() => AnyTime.Parse(new string('1', 100_000))).Message);

    private static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);
}

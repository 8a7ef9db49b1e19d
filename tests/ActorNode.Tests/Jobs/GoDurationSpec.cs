using ActorNode.Protocol.Jobs;
using Xunit;

namespace ActorNode.Tests.Jobs;

/// <summary>Durations as Go writes them.</summary>
public sealed class GoDurationSpec
{
    [Theory(DisplayName = "A duration is read, and printed as Go prints it")]
    [InlineData("0", 0, "0s")]
    [InlineData("0s", 0, "0s")]
    [InlineData("5s", 50_000_000, "5s")]
    [InlineData("1h30m", 54_000_000_000, "1h30m0s")]
    [InlineData("90m", 54_000_000_000, "1h30m0s")]
    [InlineData("1.5s", 15_000_000, "1.5s")]
    [InlineData("+5s", 50_000_000, "5s")]
    [InlineData("-5.25s", -52_500_000, "-5.25s")]
    [InlineData("500ms", 5_000_000, "500ms")]
    [InlineData("1.5ms", 15_000, "1.5ms")]
    [InlineData("10us", 100, "10µs")]
    [InlineData("10µs", 100, "10µs")]
    [InlineData("10μs", 100, "10µs")]
    [InlineData("100ns", 1, "100ns")]
    [InlineData("99ns", 0, "0s")]
    [InlineData(".5s", 5_000_000, "500ms")]
    [InlineData("5.s", 50_000_000, "5s")]
    [InlineData("24h", 864_000_000_000, "24h0m0s")]
    [InlineData("1h1m1.000001s", 36_610_000_010, "1h1m1.000001s")]
    [InlineData("3m20s500ms", 2_005_000_000, "3m20.5s")]
    [InlineData("2562047h47m16.854775807s", 92_233_720_368_547_758, "2562047h47m16.8547758s")]
    [InlineData("0.123456789123456789123456789s", 1_234_567, "123.4567ms")]
    public void Reads_and_prints(string text, long ticks, string printed)
    {
        Assert.Equal(TimeSpan.FromTicks(ticks), GoDuration.Parse(text));
        Assert.Equal(printed, GoDuration.Format(TimeSpan.FromTicks(ticks)));
        Assert.Equal(TimeSpan.FromTicks(ticks), GoDuration.Parse(printed));
    }

    [Theory(DisplayName = "What is no duration is refused in Go's words")]
    [InlineData("", "time: invalid duration ")]
    [InlineData("-", "time: invalid duration -")]
    [InlineData(".s", "time: invalid duration .s")]
    [InlineData("s", "time: invalid duration s")]
    [InlineData("1h-1m", "time: unknown unit h- in duration 1h-1m")]
    [InlineData("3", "time: missing unit in duration 3")]
    [InlineData("1.5.5s", "time: missing unit in duration 1.5.5s")]
    [InlineData("1d", "time: unknown unit d in duration 1d")]
    [InlineData("1 s", "time: unknown unit  s in duration 1 s")]
    [InlineData("9999999h", "time: invalid duration 9999999h")]
    [InlineData("99999999999999999999s", "time: invalid duration 99999999999999999999s")]
    public void Refuses(string text, string message)
    {
        Assert.Equal(message, Assert.Throws<FormatException>(() => GoDuration.Parse(text)).Message);
        Assert.False(GoDuration.TryParse(text, out _));
    }

    [Fact(DisplayName = "The longest and the shortest durations print, and a long text is refused before it is looked at")]
    public void Extremes()
    {
        Assert.Equal("-256204778h48m5.4775808s", GoDuration.Format(TimeSpan.MinValue));
        Assert.Equal("256204778h48m5.4775807s", GoDuration.Format(TimeSpan.MaxValue));
        Assert.Equal("time: invalid duration of 100000 characters", Assert.Throws<FormatException>(() => GoDuration.Parse(new string('1', 100_000))).Message);
        Assert.False(GoDuration.TryParse(null, out _));
    }
}

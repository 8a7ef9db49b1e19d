using System.Runtime.Serialization;
using ActorNode.Configuration;
using Xunit;

namespace ActorNode.Tests.Configuration;

public sealed class SettingTypeSpec
{
    private enum Shade
    {
        LightBlue,
        Red,

        [EnumMember(Value = "ultraviolet")]
        UltraViolet,
    }

    [Theory(DisplayName = "A duration is a number with a unit; only zero needs none")]
    [InlineData("500 ms", 500)]
    [InlineData("500ms", 500)]
    [InlineData("1.5 s", 1_500)]
    [InlineData("2 minutes", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("7 d", 604_800_000)]
    [InlineData("0", 0)]
    [InlineData("30", null)]
    [InlineData("-1 s", null)]
    [InlineData("10 parsecs", null)]
    [InlineData("s", null)]
    [InlineData("1e9 d", null)]
    [InlineData("99999999999999999999 d", null)]
    [InlineData("", null)]
    public void Durations(string text, int? milliseconds) => Assert.Equal(
        milliseconds is { } expected ? TimeSpan.FromMilliseconds(expected) : null,
        SettingType.Duration.Parse(text));

    [Theory(DisplayName = "A size is a number of bytes, with binary or decimal units")]
    [InlineData("512", 512L)]
    [InlineData("0", 0L)]
    [InlineData("64 KiB", 65_536L)]
    [InlineData("64k", 65_536L)]
    [InlineData("1.5 MiB", 1_572_864L)]
    [InlineData("2MB", 2_000_000L)]
    [InlineData("1 GiB", 1_073_741_824L)]
    [InlineData("0.3 B", null)]
    [InlineData("-1", null)]
    [InlineData("1 XB", null)]
    [InlineData("9999999999 TiB", null)]
    [InlineData("many", null)]
    public void Sizes(string text, long? bytes) => Assert.Equal(bytes, SettingType.LongBytes.Parse(text));

    [Fact(DisplayName = "A size that is kept in 32 bits is refused from 2 GiB on")]
    public void Small_sizes()
    {
        Assert.Equal(int.MaxValue, SettingType.IntBytes.Parse("2147483647"));
        Assert.Null(SettingType.IntBytes.Parse("2 GiB"));
    }

    [Theory(DisplayName = "A switch knows HOCON's words only")]
    [InlineData("on", true)]
    [InlineData("true", true)]
    [InlineData("yes", true)]
    [InlineData("off", false)]
    [InlineData("false", false)]
    [InlineData("no", false)]
    [InlineData("1", null)]
    [InlineData("maybe", null)]
    public void Switches(string text, bool? expected) => Assert.Equal(expected, SettingType.Switch.Parse(text));

    [Theory(DisplayName = "Whole numbers have no fraction, separator or overflow")]
    [InlineData("42", 42)]
    [InlineData("-7", -7)]
    [InlineData("4.2", null)]
    [InlineData("1,000", null)]
    [InlineData("99999999999", null)]
    [InlineData("", null)]
    public void Numbers(string text, int? expected) => Assert.Equal(expected, SettingType.Int.Parse(text));

    [Fact(DisplayName = "A choice is named in kebab-case, whatever the case of the letters, and never by its number")]
    public void Choices()
    {
        var shade = SettingType.Choice(typeof(Shade));

        Assert.Equal(Shade.LightBlue, shade.Parse("light-blue"));
        Assert.Equal(Shade.Red, shade.Parse("RED"));
        Assert.Null(shade.Parse("0"));
        Assert.Null(shade.Parse("blue"));
        Assert.Equal(Shade.UltraViolet, shade.Parse("ultraviolet"));
        Assert.Equal("one of light-blue, red, ultraviolet", shade.Expected);
        Assert.Equal("ultraviolet", shade.Format(Shade.UltraViolet));
        Assert.Equal("light-blue", shade.Format(Shade.LightBlue));
    }

    [Theory(DisplayName = "What is written reads back as the same value")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_500)]
    [InlineData(60_000)]
    [InlineData(5_400_000)]
    [InlineData(86_400_000)]
    public void Round_trip(int number)
    {
        var duration = TimeSpan.FromMilliseconds(number);

        Assert.Equal(duration, SettingType.Duration.Parse(SettingType.Duration.Format(duration)));
        Assert.Equal((long)number, SettingType.LongBytes.Parse(SettingType.LongBytes.Format((long)number)));
        Assert.Equal(number / 7.0, SettingType.Double.Parse(SettingType.Double.Format(number / 7.0)));
    }
}

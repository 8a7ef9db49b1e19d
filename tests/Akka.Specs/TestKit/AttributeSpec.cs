using Akka.TestKit.Xunit2.Attributes;

namespace Specs.TestKits;

public sealed class AttributeSpec
{
    [Fact(DisplayName = "A fact for Windows is skipped elsewhere, with the reason that was given")]
    public void Windows()
    {
        Assert.Equal(OperatingSystem.IsWindows() ? null : "no registry", new WindowsFactAttribute { SkipUnix = "no registry" }.Skip);
        Assert.Equal("always", new WindowsFactAttribute { Skip = "always" }.Skip);
    }

    [Fact(DisplayName = "Local facts and theories are skipped where the environment says so")]
    public void Local()
    {
        var expected = Environment.GetEnvironmentVariable("XUNIT_SKIP_LOCAL_FACT") is null ? null : "slow";
        Assert.Equal(expected, new LocalFactAttribute { SkipLocal = "slow" }.Skip);
        Assert.Equal(expected, new LocalTheoryAttribute { SkipLocal = "slow" }.Skip);
    }
}

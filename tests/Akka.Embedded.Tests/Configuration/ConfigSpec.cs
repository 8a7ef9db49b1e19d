using Akka.Configuration;
using Xunit;

namespace Akka.Embedded.Tests.Configuration;

public sealed class ConfigSpec
{
    [Theory(DisplayName = "A duration is a number and a unit; a bare number counts milliseconds")]
    [InlineData("10s", 10_000)]
    [InlineData("10 s", 10_000)]
    [InlineData("5 ms", 5)]
    [InlineData("0.05 seconds", 50)]
    [InlineData("2 minutes", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1 day", 86_400_000)]
    [InlineData("1500 us", 1.5)]
    [InlineData("1000000 nanos", 1)]
    [InlineData("250", 250)]
    [InlineData("infinite", -1)]
    public void Reads_durations(string text, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), ConfigurationFactory.ParseString($"a = {text}").GetTimeSpan("a"));

    [Theory(DisplayName = "A size is a number of bytes, in powers of 1,000 or of 1,024 by its unit")]
    [InlineData("1048576", 1_048_576)]
    [InlineData("10m", 10 * 1_048_576)]
    [InlineData("4kB", 4_000)]
    [InlineData("4 k", 4_096)]
    [InlineData("1.5 KiB", 1_536)]
    [InlineData("2 GiB", 2_147_483_648)]
    [InlineData("3 MB", 3_000_000)]
    [InlineData("7 bytes", 7)]
    public void Reads_sizes(string text, long bytes) =>
        Assert.Equal(bytes, ConfigurationFactory.ParseString($"a = {text}").GetByteSize("a"));

    [Theory(DisplayName = "On, yes and true are true; off, no and false are false")]
    [InlineData("on", true)]
    [InlineData("yes", true)]
    [InlineData("true", true)]
    [InlineData("off", false)]
    [InlineData("no", false)]
    [InlineData("\"false\"", false)]
    public void Reads_truth_values(string text, bool expected) =>
        Assert.Equal(expected, ConfigurationFactory.ParseString($"a = {text}").GetBoolean("a", !expected));

    [Fact(DisplayName = "Numbers are read without regard to the culture")]
    public void Reads_numbers()
    {
        var config = ConfigurationFactory.ParseString("i = -3, d = 1.25, l = 9223372036854775807, list = [0.5, 2]");
        Assert.Equal(-3, config.GetInt("i"));
        Assert.Equal(1.25, config.GetDouble("d"));
        Assert.Equal(1.25f, config.GetFloat("d"));
        Assert.Equal(1.25m, config.GetDecimal("d"));
        Assert.Equal(long.MaxValue, config.GetLong("l"));
        Assert.Equal([0.5, 2.0], config.GetDoubleList("list"));
    }

    [Fact(DisplayName = "A value of another form is refused, naming the path, the line and what was expected")]
    public void Names_what_it_refuses()
    {
        var config = ConfigurationFactory.ParseString("a {\n  n = twelve\n  t = 10 parsecs\n  b = maybe\n  s = 1 QB\n  i = infinite\n}");
        Assert.Equal("a.n (line 2): 'twelve' is not a whole number.", Assert.Throws<FormatException>(() => config.GetInt("a.n")).Message);
        Assert.StartsWith("a.t (line 3): '10 parsecs' is not a duration", Assert.Throws<FormatException>(() => config.GetTimeSpan("a.t")).Message, StringComparison.Ordinal);
        Assert.StartsWith("a.b (line 4): 'maybe'", Assert.Throws<NotSupportedException>(() => config.GetBoolean("a.b")).Message, StringComparison.Ordinal);
        Assert.StartsWith("a.s (line 5): '1 QB'", Assert.Throws<FormatException>(() => config.GetByteSize("a.s")).Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => config.GetTimeSpan("a.i", allowInfinite: false));
        Assert.Throws<FormatException>(() => config.GetInt("a"));
    }

    [Fact(DisplayName = "An absent path reads as the default")]
    public void Reads_defaults()
    {
        var config = ConfigurationFactory.ParseString("a = 1");
        Assert.False(config.HasPath("b"));
        Assert.False(config.HasPath("a.b"));
        Assert.Equal(7, config.GetInt("b", 7));
        Assert.Equal("x", config.GetString("b", "x"));
        Assert.Null(config.GetString("b"));
        Assert.Null(config.GetByteSize("b"));
        Assert.Null(config.GetConfig("b"));
        Assert.Equal(TimeSpan.FromSeconds(3), config.GetTimeSpan("b", TimeSpan.FromSeconds(3)));
        Assert.Empty(config.GetStringList("b"));
        Assert.Equal(["d"], config.GetStringList("b", ["d"]));
    }

    [Fact(DisplayName = "Objects are merged with the fallback key by key, everything else is replaced, neither side changes")]
    public void Merges_fallbacks()
    {
        var first = ConfigurationFactory.ParseString("a { x = 1, list = [1], o = 5 }");
        var second = ConfigurationFactory.ParseString("a { x = 2, y = 2, list = [2, 3], o { p = 1 } }, b = 2");
        var third = ConfigurationFactory.ParseString("a { y = 3, z = 3 }");

        foreach (var merged in new[] { first.WithFallback(second).WithFallback(third), first.WithFallback(second.WithFallback(third)) })
        {
            Assert.Equal(1, merged.GetInt("a.x"));
            Assert.Equal(2, merged.GetInt("a.y"));
            Assert.Equal(3, merged.GetInt("a.z"));
            Assert.Equal([1], merged.GetIntList("a.list"));
            Assert.Equal(5, merged.GetInt("a.o"));
            Assert.False(merged.HasPath("a.o.p"));
            Assert.Equal(2, merged.GetConfig("a")!.GetInt("y"));
            Assert.Equal(["a", "b"], merged.AsEnumerable().Select(item => item.Key));
        }

        Assert.False(first.HasPath("a.y"));
        Assert.False(second.HasPath("a.z"));
        Assert.Throws<ArgumentException>(() => first.WithFallback(first));
        Assert.Same(first, first.WithFallback(ConfigurationFactory.Empty));
        Assert.Equal(1, ConfigurationFactory.Empty.WithFallback(first).GetInt("a.x"));
    }

    [Fact(DisplayName = "Null-tolerant helpers treat an absent section as empty")]
    public void Tolerates_null()
    {
        Config? absent = null;
        var config = ConfigurationFactory.ParseString("a = 1");
        Assert.True(absent.IsNullOrEmpty());
        Assert.True(Config.Empty.IsNullOrEmpty());
        Assert.False(config.IsNullOrEmpty());
        Assert.Same(config, absent.SafeWithFallback(config));
        Assert.Same(config, config.SafeWithFallback(null));
    }

    [Theory(DisplayName = "The text of a configuration reads as the same configuration")]
    [InlineData("a = 1, b { c = [1, \"two, three\", [4], { d = 5 }], e = {} }")]
    [InlineData("a = \"quote \\\" back\\\\slash \\n line\", \"odd.key\" { \"with space\" = \"http://x\" }")]
    [InlineData("a = null, b = \"\", c = some words here, d = []")]
    [InlineData("a = ${b}, b { c = x }")]
    [InlineData("\"include\" = 1, \"a+\" = \"b+\"")]
    public void Round_trips(string hocon)
    {
        var config = ConfigurationFactory.ParseString(hocon);
        var again = ConfigurationFactory.ParseString(config.ToString());
        Assert.Equal(config.ToString(), again.ToString());
        Assert.Equal(config.AsEnumerable().Select(i => (i.Key, i.Value.GetString())), again.AsEnumerable().Select(i => (i.Key, i.Value.GetString())));
    }

    [Fact(DisplayName = "The text shows the keys of fallbacks only when asked to")]
    public void Shows_fallbacks_on_request()
    {
        var config = ConfigurationFactory.ParseString("a { x = 1 }").WithFallback(ConfigurationFactory.ParseString("a { y = 2 }, b = 3"));
        Assert.Equal(["a"], ConfigurationFactory.ParseString(config.ToString()).AsEnumerable().Select(item => item.Key));
        Assert.False(ConfigurationFactory.ParseString(config.ToString()).HasPath("a.y"));
        Assert.Equal(2, ConfigurationFactory.ParseString(config.ToString(includeFallback: true)).GetInt("a.y"));
        Assert.Equal(3, ConfigurationFactory.ParseString(config.ToString(includeFallback: true)).GetInt("b"));
    }

    [Fact(DisplayName = "Text converts to a configuration, and text and configurations add up")]
    public void Converts_text()
    {
        Config config = "a = 1";
        Assert.Equal(1, (config + "a = 2, b = 2").GetInt("a"));
        Assert.Equal(2, (config + "a = 2, b = 2").GetInt("b"));
        Assert.Equal(3, ("a = 3" + config).GetInt("a"));
    }

    [Fact(DisplayName = "An object becomes a configuration of its properties")]
    public void Reads_objects()
    {
        var config = ConfigurationFactory.FromObject(new { akka = new { loglevel = "DEBUG", list = new[] { 1, 2 }, flag = true, none = (string?)null } });
        Assert.Equal("DEBUG", config.GetString("akka.loglevel"));
        Assert.Equal([1, 2], config.GetIntList("akka.list"));
        Assert.True(config.GetBoolean("akka.flag"));
        Assert.Null(config.GetString("akka.none"));
    }

    [Fact(DisplayName = "A missing resource is refused by name")]
    public void Refuses_a_missing_resource() =>
        Assert.Contains("'no.conf'", Assert.Throws<ConfigurationException>(() => ConfigurationFactory.FromResource("no.conf", this)).Message, StringComparison.Ordinal);

    [Fact(DisplayName = "The source line of a value is known, also after a merge")]
    public void Knows_lines()
    {
        var config = ConfigurationFactory.ParseString("a {\n  x = 1\n  y = 1\n}\na.y = 2").WithFallback(ConfigurationFactory.ParseString("\n\nb = 1"));
        Assert.Equal(2, config.LineOf("a.x"));
        Assert.Equal(5, config.LineOf("a.y"));
        Assert.Equal(3, config.LineOf("b"));
        Assert.Null(config.LineOf("c"));
    }
}

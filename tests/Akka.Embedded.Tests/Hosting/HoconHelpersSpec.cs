using Akka.Configuration;
using Akka.Hosting;
using Akka.Hosting.Configuration;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Akka.Embedded.Tests.Hosting;

public sealed class HoconHelpersSpec
{
    [Fact(DisplayName = "Microsoft's configuration reads as HOCON: sections, lists, dotted and quoted keys, names of environment variables")]
    public void Adapts_configuration()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AKKA:LOG_LEVEL"] = "DEBUG",
            ["akka:loggers:0"] = "one",
            ["akka:loggers:1"] = "two, three",
            ["akka.actor:timeout"] = "5s",
            ["akka:actor:bindings:\"Some.Type, Some.Assembly\""] = "json",
            ["akka:list:0:name"] = "first",
        }).Build();

        var config = configuration.ToHocon();
        Assert.Equal("DEBUG", config.GetString("akka.log-level"));
        Assert.Equal(["one", "two, three"], config.GetStringList("akka.loggers"));
        Assert.Equal(TimeSpan.FromSeconds(5), config.GetTimeSpan("akka.actor.timeout"));
        Assert.Equal("json", config.GetString("akka.actor.bindings.\"some.type, some.assembly\""));
        Assert.Equal("first", config.GetValue("akka.list")!.GetArray()[0].GetChildObject("name")!.GetString());
        var asWritten = configuration.ToHocon(normalizeKeys: false);
        Assert.Equal("DEBUG", asWritten.GetString("AKKA.LOG-LEVEL") ?? asWritten.GetString("akka.LOG-LEVEL"));
        Assert.Equal("json", asWritten.GetString("akka.actor.bindings.\"Some.Type, Some.Assembly\"") ?? asWritten.GetString("AKKA.actor.bindings.\"Some.Type, Some.Assembly\""));
    }

    [Fact(DisplayName = "Values are written so that they read as the same values")]
    public void Writes_values()
    {
        Assert.Equal("x \"y\", {z}", ConfigurationFactory.ParseString($"a = {"x \"y\", {z}".ToHocon()}").GetString("a"));
        foreach (var text in new[] { "a/b", "a\b\f\n\r\tb", "\uFB2F", "C:\\x", "" })
            Assert.Equal(text, ConfigurationFactory.ParseString($"a = {text.ToHocon()}").GetString("a"));
        Assert.Equal("\"a\\/\\ufb2f\"", "a/\uFB2F".ToHocon());
        Assert.True(ConfigurationFactory.ParseString($"a = {true.ToHocon()}").GetBoolean("a"));
        Assert.Equal(1.5, ConfigurationFactory.ParseString($"a = {1.5.ToHocon()}").GetDouble("a"));
        Assert.Equal(TimeSpan.FromMilliseconds(1.5), ConfigurationFactory.ParseString($"a = {TimeSpan.FromMilliseconds(1.5).ToHocon()}").GetTimeSpan("a"));
        Assert.Equal("infinite", Timeout.InfiniteTimeSpan.ToHocon(allowInfinite: true));
        Assert.Equal("infinite", TimeSpan.Zero.ToHocon(allowInfinite: true, zeroIsInfinite: true));
        Assert.Equal("0 ms", TimeSpan.Zero.ToHocon());
        Assert.Throws<ConfigurationException>(() => Timeout.InfiniteTimeSpan.ToHocon());
        Assert.Throws<ConfigurationException>(() => ((int?)null).ToHocon());
    }

    [Fact(DisplayName = "A configuration can be moved under a path")]
    public void Moves_configurations()
    {
        var config = ConfigurationFactory.ParseString("x = 1");
        Assert.Equal(1, config.MoveTo("a.\"b.c\".d").GetInt("a.\"b.c\".d.x"));
    }
}

using Akka.Actor;
using Akka.Configuration;
using Xunit;

namespace Akka.Embedded.Tests.Engine;

public sealed class KnownSettingsSpec
{
    [Theory(DisplayName = "Keys that nobody reads are found; sections whose keys the user names are not searched")]
    [InlineData("akka.loglevle = INFO", "akka.loglevle")]
    [InlineData("akka.actor.debug.recieve = on", "akka.actor.debug.recieve")]
    [InlineData("akka.actor.default-dispatcher.throughputt = 1", "akka.actor.default-dispatcher.throughputt")]
    [InlineData("akka.actor.serializers.mine = x, akka.actor.deployment { \"/a\" { mailbox = m } }", null)]
    [InlineData("akka.actor.my-dispatcher { type = Dispatcher, throughput = 1 }", null)]
    [InlineData("akka.coordinated-shutdown.phases.own { depends-on = [] }", null)]
    [InlineData("other.loglevle = INFO", null)]
    public void Finds_unknown_keys(string hocon, string? unknown) =>
        Assert.Equal(unknown is null ? [] : [unknown], KnownSettings.UnknownIn(ConfigurationFactory.ParseString(hocon)));

    [Fact(DisplayName = "The defaults themselves are known")]
    public void Knows_its_defaults() => Assert.Empty(KnownSettings.UnknownIn(ConfigurationFactory.Default()));
}

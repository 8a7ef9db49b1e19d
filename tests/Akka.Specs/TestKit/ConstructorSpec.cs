using Akka.Actor.Setup;
using Akka.Configuration;

namespace Specs.TestKits;

public sealed class ConstructorSpec
{
    private const string Quietly = "akka { loglevel = WARNING, stdout-loglevel = OFF }";

    [Fact(DisplayName = "A kit over an existing system uses it and leaves it running")]
    public async Task Existing_system()
    {
        var system = ActorSystem.Create("existing", ConfigurationFactory.ParseString(Quietly));
        using (var kit = new Akka.TestKit.Xunit2.TestKit(system))
        {
            Assert.Same(system, kit.Sys);
            kit.TestActor.Tell("x", ActorRefs.NoSender);
            Assert.Equal("x", kit.ExpectMsg<string>());
            Assert.Equal(TimeSpan.FromSeconds(3), kit.TestKitSettings.SingleExpectDefault);
        }

        Assert.False(system.WhenTerminated.IsCompleted);
        await system.Terminate();
    }

    [Fact(DisplayName = "A kit with a system of its own ends it")]
    public async Task Own_system()
    {
        ActorSystem system;
        using (var kit = new Akka.TestKit.Xunit2.TestKit(ConfigurationFactory.ParseString(Quietly), "own"))
        {
            system = kit.Sys;
            Assert.Equal("own", system.Name);
        }

        await system.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact(DisplayName = "A kit takes its configuration as text or in a setup")]
    public void Text_and_setup()
    {
        using var byText = new Akka.TestKit.Xunit2.TestKit($"own.key = 1, {Quietly}");
        Assert.Equal(1, byText.Sys.Settings.Config.GetInt("own.key"));
        Assert.Equal("test", byText.Sys.Name);

        var setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString($"own.key = 2, {Quietly}")));
        using var bySetup = new Akka.TestKit.Xunit2.TestKit(setup, "by-setup");
        Assert.Equal(2, bySetup.Sys.Settings.Config.GetInt("own.key"));
        Assert.Equal("by-setup", bySetup.Sys.Name);
    }

    [Fact(DisplayName = "Predicates of several types can be satisfied in any order")]
    public void Matching_predicates()
    {
        using var kit = new Akka.TestKit.Xunit2.TestKit(Quietly);
        kit.TestActor.Tell(7, ActorRefs.NoSender);
        kit.TestActor.Tell("x", ActorRefs.NoSender);
        var received = kit.ExpectMsgAllOfMatchingPredicates(
            PredicateInfo.Create<string>(m => m == "x"), PredicateInfo.Create<int>(m => m == 7));
        Assert.Equal(2, received.Count);
    }
}

using Akka.Configuration;

namespace Specs.Shutdown;

public sealed class ActorSystemSpec : Spec
{
    [Fact(DisplayName = "Terminate stops all actors, then WhenTerminated ends")]
    public async Task Terminate_stops_everything()
    {
        var system = NewSystem();
        var probe = CreateTestProbe();
        var actor = system.ActorOf(Worker.Props(probe.Ref));
        await probe.ExpectMsgAsync("PreStart");
        Assert.False(system.WhenTerminated.IsCompleted);
        await system.Terminate();
        await probe.ExpectMsgAsync("PostStop");
        await system.WhenTerminated;
        Assert.NotNull(actor);
    }

    [Fact(DisplayName = "What is registered on termination runs, the last first")]
    public async Task Termination_callbacks()
    {
        var system = NewSystem();
        var ran = new List<int>();
        system.RegisterOnTermination(() => ran.Add(1));
        system.RegisterOnTermination(() => ran.Add(2));
        await system.Terminate();
        Assert.Equal([2, 1], ran);
    }

    [Fact(DisplayName = "Terminating twice is the same as once")]
    public async Task Terminate_twice()
    {
        var system = NewSystem();
        var first = system.Terminate();
        var second = system.Terminate();
        await Task.WhenAll(first, second).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact(DisplayName = "A setup's configuration is the system's")]
    public async Task Setup_configures()
    {
        var setup = BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString("own.key = 7, akka { loggers = [], stdout-loglevel = OFF }"));
        var system = ActorSystem.Create("with-setup", setup);
        Assert.Equal(7, system.Settings.Config.GetInt("own.key"));
        Assert.Equal("with-setup", system.Name);
        await system.Terminate();
    }

    [Fact(DisplayName = "An extension is made once per system")]
    public async Task Extensions_are_singletons()
    {
        var one = Sys.WithExtension<CountingExtension, CountingExtensionId>();
        Assert.Same(one, Sys.WithExtension<CountingExtension, CountingExtensionId>());
        var other = NewSystem();
        Assert.NotSame(one, other.WithExtension<CountingExtension, CountingExtensionId>());
        await other.Terminate();
    }

    [Theory(DisplayName = "A system name that is no host name is refused")]
    [InlineData("with space")]
    [InlineData("with/slash")]
    [InlineData("-dash")]
    public void Bad_system_names(string name) => Assert.Throws<ArgumentException>(() => ActorSystem.Create(name));

    private static ActorSystem NewSystem() =>
        ActorSystem.Create("other", ConfigurationFactory.ParseString("akka { loggers = [], stdout-loglevel = OFF, log-dead-letters = off }"));

    private sealed class CountingExtension : IExtension;

    private sealed class CountingExtensionId : ExtensionIdProvider<CountingExtension>
    {
        public override CountingExtension CreateExtension(ExtendedActorSystem system) => new();
    }
}

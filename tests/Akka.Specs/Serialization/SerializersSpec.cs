using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Serialization;

namespace Specs.Serialization;

public sealed class SerializersSpec : IAsyncLifetime
{
    private const string Here = "Specs.Serialization.SerializersSpec+";
    private readonly List<ActorSystem> _systems = [];

    [Fact(DisplayName = "A binding of the configuration may name a serializer that a setup brings")]
    public void Setup_and_configuration()
    {
        var setup = SerializationSetup.Create(system => [SerializerDetails.Create("ours", new Ours(system), [typeof(BySetup)])]);
        var system = Start($"akka.actor.serialization-bindings {{ \"{Here}ByConfiguration, Akka.Specs\" = ours }}", setup);
        Assert.IsType<Ours>(system.Serialization.FindSerializerFor(new BySetup()));
        Assert.IsType<Ours>(system.Serialization.FindSerializerFor(new ByConfiguration()));
        Assert.Equal(1, system.Serialization.FindSerializerFor("other").Identifier);
    }

    [Fact(DisplayName = "A serializer of the application takes an identifier over from the one that has it, for writing and for reading")]
    public void Takes_over()
    {
        var system = Start($$"""
            akka.actor {
              serializers.ours = "{{Here}}Theirs, Akka.Specs"
              serialization-bindings { "System.Object" = ours }
              serialization-identifiers { "{{Here}}Theirs, Akka.Specs" = 1 }
            }
            """);
        var serializer = Assert.IsType<Theirs>(system.Serialization.FindSerializerFor(new BySetup()));
        Assert.Equal(1, serializer.Identifier);
        Assert.Equal("read as m", system.Serialization.Deserialize([], 1, "m"));
    }

    [Fact(DisplayName = "Props come back equal, with where and on what their actor runs")]
    public void Props_survive()
    {
        var system = Start("");
        var props = Props.Create<Idle>().WithMailbox("abc").WithDispatcher("def").WithStashCapacity(3);
        var serializer = system.Serialization.FindSerializerFor(props);
        Assert.Equal(props, serializer.FromBinary(serializer.ToBinary(props), typeof(Props)));
        Assert.NotEqual(props, Props.Create<Idle>());
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var system in _systems)
            await system.Terminate();
    }

    private ActorSystem Start(string config, params Setup[] setups)
    {
        var bootstrap = BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(config)
            .WithFallback("akka { loglevel = OFF, stdout-loglevel = OFF, loggers = [] }"));
        var system = ActorSystem.Create("serializers", ActorSystemSetup.Create([bootstrap, .. setups]));
        _systems.Add(system);
        return system;
    }

    internal sealed class Ours(ExtendedActorSystem system) : Serializer(system)
    {
        public override int Identifier => 4713;

        public override bool IncludeManifest => false;

        public override byte[] ToBinary(object obj) => [];

        public override object FromBinary(byte[] bytes, Type type) => new BySetup();
    }

    internal sealed class Theirs(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override string Manifest(object o) => "m";

        public override byte[] ToBinary(object obj) => [];

        public override object FromBinary(byte[] bytes, string manifest) => $"read as {manifest}";
    }

    internal sealed class Idle : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);
    }

    private sealed class BySetup;

    private sealed class ByConfiguration;
}

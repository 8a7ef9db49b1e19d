using Akka.Configuration;
using Akka.Util;

namespace Akka.Actor;

/// <summary>Which kind of system: alone, remote or clustered.</summary>
public abstract class ProviderSelection
{
    private ProviderSelection(string identifier, string fqn, bool hasCluster)
    {
        Identifier = identifier;
        Fqn = fqn;
        HasCluster = hasCluster;
    }

    internal string Identifier { get; }

    internal string Fqn { get; }

    internal bool HasCluster { get; }

    internal static ProviderSelection GetProvider(string name) => name switch
    {
        "local" or "" => Local.Instance,
        "remote" => Remote.Instance,
        "cluster" => Cluster.Instance,
        _ when name.StartsWith("Akka.Actor.LocalActorRefProvider", StringComparison.Ordinal) => Local.Instance,
        _ => new Custom(name)
    };

    public sealed class Local : ProviderSelection
    {
        public static readonly Local Instance = new();

        private Local() : base("local", "Akka.Actor.LocalActorRefProvider, Akka", false)
        {
        }
    }

    public sealed class Remote : ProviderSelection
    {
        public static readonly Remote Instance = new();

        private Remote() : base("remote", "Akka.Remote.RemoteActorRefProvider, Akka.Remote", false)
        {
        }
    }

    public sealed class Cluster : ProviderSelection
    {
        public static readonly Cluster Instance = new();

        private Cluster() : base("cluster", "Akka.Cluster.ClusterActorRefProvider, Akka.Cluster", true)
        {
        }
    }

    public sealed class Custom : ProviderSelection
    {
        public Custom(string fqn, string? identifier = null, bool hasCluster = false) : base(identifier ?? "custom", fqn, hasCluster)
        {
        }
    }
}

/// <summary>The configuration with which a system starts.</summary>
public sealed class BootstrapSetup : Setup.Setup
{
    private BootstrapSetup(Option<Config> config, Option<Config> fallback, Option<ProviderSelection> provider)
    {
        Config = config;
        ConfigFallback = fallback;
        ActorRefProvider = provider;
    }

    public Option<Config> Config { get; }

    public Option<ProviderSelection> ActorRefProvider { get; }

    internal Option<Config> ConfigFallback { get; }

    public static BootstrapSetup Create() => new(Option<Config>.None, Option<Config>.None, Option<ProviderSelection>.None);

    public BootstrapSetup WithActorRefProvider(ProviderSelection name) => new(Config, ConfigFallback, name);

    public BootstrapSetup WithConfig(Config config) => new(config, ConfigFallback, ActorRefProvider);

    /// <summary>Stands behind what the program's own configuration files say.</summary>
    public BootstrapSetup WithConfigFallback(Config config) => new(Config, config, ActorRefProvider);
}

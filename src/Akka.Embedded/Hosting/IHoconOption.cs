using Akka.Actor.Setup;

namespace Akka.Hosting;

/// <summary>A set of options that writes itself into the configuration of a builder.</summary>
public interface IHoconOption
{
    /// <summary>Where in the configuration.</summary>
    string ConfigPath { get; }

    /// <summary>What the options are of.</summary>
    Type Class { get; }

    void Apply(AkkaConfigurationBuilder builder, Setup? setup = null);
}

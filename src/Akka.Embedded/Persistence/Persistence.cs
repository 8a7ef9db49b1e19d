using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;

namespace Akka.Persistence;

/// <summary>The id of the extension: <c>Persistence.Instance.Apply(system)</c>.</summary>
public class Persistence : ExtensionIdProvider<PersistenceExtension>
{
    public static Persistence Instance { get; } = new();

    /// <summary>Every <c>akka.persistence</c> key with its default.</summary>
    public static Config DefaultConfig() =>
        ConfigurationFactory.Default().GetConfig("akka.persistence")!.MoveTo("akka.persistence");

    public override PersistenceExtension CreateExtension(ExtendedActorSystem system) => new(system);
}

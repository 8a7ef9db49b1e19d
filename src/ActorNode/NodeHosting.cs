using ActorNode.Forging;
using ActorNode.Forging.Watermarks;
using ActorNode.Jobs;
using ActorNode.Jobs.Access;
using ActorNode.Jobs.Agreements;
using ActorNode.Jobs.Bridges;
using ActorNode.Jobs.Runs;
using ActorNode.Messages;
using ActorNode.Services;
using ActorNode.Storage;
using ActorNode.Storage.Journal;
using ActorNode.Upkeep;
using Akka.Hosting;

namespace ActorNode;

/// <summary>The whole node, in the order in which its parts need each other.</summary>
public static class NodeHosting
{
    /// <summary>What the persistent actors of the node's slices write. A slice that has any adds them here.</summary>
    private static readonly EventCatalog Events = new(
        [.. MarkEventTypes.All, .. AccessEventTypes.All, .. BridgeEventTypes.All, .. JobEventTypes.All, .. RunEventTypes.All, .. AgreementEventTypes.All]);

    /// <summary>Starts every slice of the node on an open store, which belongs to the actor system from here on.</summary>
    /// <param name="builder">The actor system.</param>
    /// <param name="store">The node's data.</param>
    /// <param name="storage">Where they are: the journal of persistent actors goes beside them.</param>
    /// <param name="messages">The message writer's settings.</param>
    /// <param name="services">Settings of background services.</param>
    /// <param name="stopNode">Stops the node in failure, when the policy of a service wants it: see <see cref="ServicesHosting"/>.</param>
    /// <param name="upkeep">What channel upkeep takes care of, made once from the container; null: this node has none.</param>
    /// <param name="upkeepSettings">Settings of channel upkeep.</param>
    /// <param name="forging">Where signatures and blocks come from, made once from the container; null: this node signs nothing.</param>
    /// <param name="forgingSettings">Settings of the forge worker.</param>
    public static AkkaConfigurationBuilder WithActorNode(
        this AkkaConfigurationBuilder builder,
        INodeStore store,
        StorageSettings storage,
        MessagesSettings messages,
        ServicesSettings? services = null,
        Action<string>? stopNode = null,
        Func<IServiceProvider, UpkeepPorts>? upkeep = null,
        UpkeepSettings? upkeepSettings = null,
        Func<IServiceProvider, ForgingPorts>? forging = null,
        ForgingSettings? forgingSettings = null)
    {
        builder
            .AddHocon(ShutdownPhases, HoconAddMode.Append)
            .WithJournal(storage, Events)
            .WithServices(services, stopNode)
            .WithStorage(store, messages.Commit)
            .WithMessages(store, messages);
        if (forging is not null)
            builder.WithForging(forging, forgingSettings);
        return upkeep is null ? builder : builder.WithUpkeep(upkeep, upkeepSettings);
    }

    /// <summary>Accounts may take a while to write what they accepted: the default of five seconds is for quick tasks.</summary>
    private const string ShutdownPhases = """
        akka.coordinated-shutdown.phases {
          service-requests-done.timeout = 30s
          service-stop.timeout = 30s
        }
        """;
}

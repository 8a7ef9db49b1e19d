using ActorNode.Messages;
using ActorNode.Services;
using ActorNode.Storage;
using Akka.Hosting;

namespace ActorNode;

/// <summary>The whole node, in the order in which its parts need each other.</summary>
public static class NodeHosting
{
    /// <summary>Starts every slice of the node on an open store, which belongs to the actor system from here on.</summary>
    public static AkkaConfigurationBuilder WithActorNode(this AkkaConfigurationBuilder builder, INodeStore store, MessagesSettings messages) =>
        builder
            .AddHocon(ShutdownPhases, HoconAddMode.Append)
            .WithServices()
            .WithStorage(store, messages.Commit)
            .WithMessages(store, messages);

    /// <summary>Accounts may take a while to write what they accepted: the default of five seconds is for quick tasks.</summary>
    private const string ShutdownPhases = """
        akka.coordinated-shutdown.phases {
          service-requests-done.timeout = 30s
          service-stop.timeout = 30s
        }
        """;
}

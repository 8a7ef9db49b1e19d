using ActorNode.Configuration;
using ActorNode.Forging;
using ActorNode.Storage;
using ActorNode.Upkeep;
using Akka.Hosting;

namespace ActorNode.Server.Hosting;

/// <summary>What runs in one process with a node and has to do with its parts: the sandbox.</summary>
internal interface INodeGuest
{
    /// <summary>The store is open, and nothing runs. Says what the node is built with instead of, or beside, its own.</summary>
    Task<GuestParts> PrepareAsync(NodeSettings settings, INodeStore store, ILoggerFactory loggers, CancellationToken cancellationToken);

    /// <summary>The node runs. It is told to stop when this completes; the token says that it should soon.</summary>
    Task RunAsync(IServiceProvider services, IReadOnlyCollection<string> urls, CancellationToken stopping);
}

/// <summary>What a guest brings. The node closes <paramref name="Store"/>.</summary>
/// <param name="Store">The node's store.</param>
/// <param name="Configure">Adds what runs beside the node's own parts.</param>
/// <param name="Upkeep">What upkeep takes care of.</param>
/// <param name="Forging">What forging works with, given what the node's settings have.</param>
internal sealed record GuestParts(
    INodeStore Store, Action<AkkaConfigurationBuilder> Configure, Func<IServiceProvider, UpkeepPorts> Upkeep, Func<ForgingPorts, ForgingPorts> Forging);

using System.Collections.Immutable;
using ActorNode.Jobs.Access;
using ActorNode.Protocol.Jobs;
using Akka.Hosting;

namespace ActorNode.Jobs.Bridges;

/// <summary>Starts the catalogue of bridges.</summary>
public static class BridgesHosting
{
    /// <summary>
    /// Needs a journal that knows this slice's events. Starts <c>/user/bridges</c>, registered under <see cref="JobsBridges"/>, which takes
    /// <see cref="BridgeCommands"/> and <see cref="BridgeQueries"/> and keeps <paramref name="book"/>.
    /// </summary>
    /// <param name="builder">The node.</param>
    /// <param name="settings">The job engine's settings.</param>
    /// <param name="book">Where running tasks read the bridges.</param>
    /// <param name="isAdapter">Whether an adapter of the node has a name, in lower case. Thread-safe.</param>
    /// <param name="users">The jobs that are not archived and have a task of a name; some of many. Thread-safe; called when the system runs.</param>
    public static AkkaConfigurationBuilder WithBridges(
        this AkkaConfigurationBuilder builder,
        JobsSettings settings,
        BridgeBook book,
        Func<string, bool> isAdapter,
        Func<string, Task<ImmutableArray<JobId>>> users) =>
        builder.WithActors((system, registry) => registry.Register<JobsBridges>(system.ActorOf(
            KeptByBackoff.Props(
                BridgesActor.Props(book, isAdapter, users), "catalogue", settings.MinBackoff, settings.MaxBackoff, BridgeReplies.Unavailable.Instance),
            "bridges")));
}

/// <summary>The key of the actor that has the bridges.</summary>
public sealed class JobsBridges
{
    private JobsBridges()
    {
    }
}

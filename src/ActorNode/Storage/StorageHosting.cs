using ActorNode.Messages;
using ActorNode.Protocol.Services;
using ActorNode.Services;
using Akka;
using Akka.Actor;
using Akka.Hosting;

namespace ActorNode.Storage;

/// <summary>Starts the commit actor over an open store.</summary>
public static class StorageHosting
{
    /// <summary>
    /// Starts <c>/user/storage</c>. On shutdown it finishes its queue (phase service-stop) and the store is closed
    /// (phase before-actor-system-terminate): the store belongs to the actor system from here on.
    /// </summary>
    public static AkkaConfigurationBuilder WithStorage(this AkkaConfigurationBuilder builder, INodeStore store, CommitSettings settings) =>
        builder.WithActors((system, registry) =>
        {
            var services = registry.Get<ServicesActor>();
            // Before those that depend on it, so that operators read services in the order in which they need each other.
            services.Tell(new ServiceCommands.Report(CommitActor.ServiceName, ServiceState.Starting, DependsOn: []));
            var commit = system.ActorOf(CommitActor.Props(store, settings, services, Random.Shared), "storage");
            registry.Register<CommitActor>(commit);

            var shutdown = CoordinatedShutdown.Get(system);
            shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "storage-drain", async () =>
            {
                await commit.GracefulStop(shutdown.Timeout(CoordinatedShutdown.PhaseServiceStop), CommitActor.Stop.Instance).ConfigureAwait(false);
                return Done.Instance;
            });
            shutdown.AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "storage-close", async () =>
            {
                await store.DisposeAsync().ConfigureAwait(false);
                return Done.Instance;
            });
        });
}

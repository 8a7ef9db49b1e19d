using System.Globalization;
using ActorNode.Protocol.Services;
using ActorNode.Protocol.Upkeep;
using ActorNode.Services;
using ActorNode.Storage;
using Akka;
using Akka.Actor;
using Akka.Hosting;

namespace ActorNode.Upkeep;

/// <summary>Starts channel upkeep.</summary>
public static class UpkeepHosting
{
    /// <summary>
    /// Starts <c>/user/upkeep</c>, registered under <see cref="UpkeepActor"/>; needs services and storage. When the node shuts down, peers are
    /// disconnected and everything is persisted (phase service-unbind), while storage still works.
    /// </summary>
    /// <param name="builder">The node.</param>
    /// <param name="ports">What is taken care of, made once from the container.</param>
    /// <param name="settings">How.</param>
    /// <exception cref="InvalidOperationException">When the system starts: it has an upkeep already.</exception>
    public static AkkaConfigurationBuilder WithUpkeep(
        this AkkaConfigurationBuilder builder, Func<IServiceProvider, UpkeepPorts> ports, UpkeepSettings? settings = null)
    {
        settings ??= new UpkeepSettings();
        return builder
            .AddHocon(UpkeepDispatcherConfigurator.Hocon, HoconAddMode.Append)
            .AddHocon(StopTimeout(settings), HoconAddMode.Append)
            .WithActors((system, registry, resolver) =>
            {
                if (registry.TryGet<UpkeepActor>(out _))
                    throw new InvalidOperationException("upkeep runs already; a node has one");
                var services = registry.Get<ServicesActor>();
                services.Tell(new ServiceCommands.Report(UpkeepActor.ServiceName, ServiceState.Starting, DependsOn: [CommitActor.ServiceName]));
                var context = new UpkeepContext(
                    ports(resolver.GetService<IServiceProvider>()!), settings, new SchedulerClock(system.Scheduler), TimeProvider.System, Random.Shared);
                var upkeep = system.ActorOf(UpkeepActor.Props(context, services), "upkeep");
                registry.Register<UpkeepActor>(upkeep);
                StopOnShutdown(system, upkeep, services);
            });
    }

    private static void StopOnShutdown(ActorSystem system, IActorRef upkeep, IActorRef services)
    {
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "upkeep-stop", async () =>
        {
            var timeout = shutdown.Timeout(CoordinatedShutdown.PhaseServiceUnbind);
            var stopped = await upkeep.Ask<UpkeepReplies.Stopped>(UpkeepCommands.Stop.Instance, timeout).ConfigureAwait(false);

            // The exit code learns of it from the services actor, which has heard of it before this: its answer says that it has acted on it.
            if (stopped.Error is not null)
                await services.Ask<ServiceReplies.Services>(ServiceQueries.GetServices.Instance, timeout).ConfigureAwait(false);
            return Done.Instance;
        });
    }

    private static string StopTimeout(UpkeepSettings settings) => string.Create(
        CultureInfo.InvariantCulture,
        $"akka.coordinated-shutdown.phases.service-unbind.timeout = {(long)(settings.FinalTimeout + TimeSpan.FromSeconds(5)).TotalMilliseconds} ms");
}

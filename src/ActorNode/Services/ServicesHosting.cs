using System.Globalization;
using ActorNode.Protocol.Services;
using Akka;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace ActorNode.Services;

/// <summary>Starts the services actor, before everything that reports to it, and the background services of the node.</summary>
public static class ServicesHosting
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Starts <c>/user/services</c>. When everything of the node is registered it checks the dependencies, and a cycle or an unknown name
    /// fails the start. When the node shuts down every service is not ready first of all, and background services end before anything else
    /// closes.
    /// </summary>
    /// <param name="builder">The node.</param>
    /// <param name="settings">Defaults of all services, and the times of the stop.</param>
    /// <param name="stopNode">
    /// Stops the node in failure, with the reason; called when the policy of a service wants it. By default the actor system ends itself.
    /// </param>
    public static AkkaConfigurationBuilder WithServices(
        this AkkaConfigurationBuilder builder, ServicesSettings? settings = null, Action<string>? stopNode = null)
    {
        settings ??= new ServicesSettings();
        return builder
            .AddHocon(StopTimeout(settings), HoconAddMode.Append)
            .WithActors((system, registry) =>
            {
                var services = system.ActorOf(ServicesActor.Props(
                    settings, new SchedulerClock(system.Scheduler), stopNode ?? (reason => EndSystem(system, reason)), Random.Shared), "services");
                registry.Register<ServicesActor>(services);
                StopOnShutdown(system, services);
            })
            .AddStartup(async (_, registry) =>
                ThrowIfRefused(await registry.Get<ServicesActor>().Ask<object>(ServiceCommands.Begin.Instance, StartTimeout).ConfigureAwait(false)));
    }

    /// <summary>
    /// Registers a background service whose constructor takes what it needs from the container. Each run is a new instance. A name that is
    /// taken fails the start.
    /// </summary>
    public static AkkaConfigurationBuilder WithBackgroundService<T>(this AkkaConfigurationBuilder builder, string name, ServiceOptions? options = null)
        where T : class, IBackgroundService =>
        builder.WithBackgroundService(name, provider => ActivatorUtilities.CreateInstance<T>(provider), options);

    /// <summary>Registers a background service of which <paramref name="create"/> makes an instance for each run.</summary>
    public static AkkaConfigurationBuilder WithBackgroundService(
        this AkkaConfigurationBuilder builder, string name, Func<IServiceProvider, IBackgroundService> create, ServiceOptions? options = null) =>
        builder.WithActors(async (system, registry, resolver) =>
        {
            var provider = resolver.GetService<IServiceProvider>()!;
            var add = new ServicesActor.Add(new ServiceDefinition(name, () => create(provider), options ?? new ServiceOptions()));
            ThrowIfRefused(await registry.Get<ServicesActor>().Ask<object>(add, StartTimeout).ConfigureAwait(false));
        });

    /// <summary>Registers a part of the node that starts and stops by itself and reports its state, so that others can depend on it from the start.</summary>
    public static AkkaConfigurationBuilder WithReportingService(this AkkaConfigurationBuilder builder, string name, params string[] dependsOn) =>
        builder.WithActors((system, registry) =>
            registry.Get<ServicesActor>().Tell(new ServiceCommands.Report(name, ServiceState.Starting, DependsOn: [.. dependsOn])));

    private static void ThrowIfRefused(object reply)
    {
        if (reply is ServiceReplies.Refused refused)
            throw new ServiceGraphException(refused.Problem);
    }

    private static void StopOnShutdown(ActorSystem system, IActorRef services)
    {
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "services-stop", async () =>
        {
            await services.Ask<ServiceReplies.AllStopped>(
                new ServiceCommands.Stop(ShutdownKind.Graceful, "the node shuts down"),
                shutdown.Timeout(CoordinatedShutdown.PhaseBeforeServiceUnbind)).ConfigureAwait(false);
            return Done.Instance;
        });
    }

    private static void EndSystem(ActorSystem system, string reason) => CoordinatedShutdown.Get(system).Run(new ServiceStopsNode(reason));

    private static string StopTimeout(ServicesSettings settings)
    {
        var time = settings.GracePeriod + settings.FastTimeout + TimeSpan.FromSeconds(5);
        return string.Create(
            CultureInfo.InvariantCulture, $"akka.coordinated-shutdown.phases.before-service-unbind.timeout = {(long)time.TotalMilliseconds} ms");
    }

    /// <summary>Why the actor system ended itself.</summary>
    public sealed class ServiceStopsNode(string reason) : CoordinatedShutdown.Reason
    {
        /// <summary>The service, and what happened to it.</summary>
        public string Because { get; } = reason;
    }
}

using ActorNode.Forging.Delegates;
using ActorNode.Keyed;
using ActorNode.Protocol.Forging;
using ActorNode.Protocol.Services;
using ActorNode.Services;
using ActorNode.Storage;
using Akka;
using Akka.Actor;
using Akka.Hosting;

namespace ActorNode.Forging;

/// <summary>Starts the forge worker: the delegates' region and the way to it.</summary>
public static class ForgingHosting
{
    /// <summary>As <see cref="WithForging(AkkaConfigurationBuilder, Func{IServiceProvider, ForgingPorts}, ForgingSettings?)"/>, with a signer alone.</summary>
    public static AkkaConfigurationBuilder WithForging(
        this AkkaConfigurationBuilder builder, Func<IServiceProvider, ISigner> signer, ForgingSettings? settings = null) =>
        builder.WithForging(provider => new ForgingPorts(signer(provider)), settings);

    /// <summary>
    /// Needs services, storage and a journal that knows this slice's events. Starts <c>/user/forging</c>, which takes
    /// <see cref="ForgeCommands"/> and <see cref="ForgeQueries"/>, and <c>/user/delegates</c>. On shutdown requests are refused first, then
    /// what waits is dropped and what is being signed is waited for, before storage stops.
    /// </summary>
    public static AkkaConfigurationBuilder WithForging(
        this AkkaConfigurationBuilder builder, Func<IServiceProvider, ForgingPorts> ports, ForgingSettings? settings = null)
    {
        settings ??= new ForgingSettings();
        return builder.WithActors((system, registry, resolver) =>
        {
            var services = registry.Get<ServicesActor>();
            services.Tell(new ServiceCommands.Report(ForgeWorkerActor.ServiceName, ServiceState.Starting, DependsOn: [CommitActor.ServiceName]));
            var opened = ports(resolver.GetService<IServiceProvider>()!);
            var context = new DelegateContext(
                new SigningCalls(opened.Signer), opened.Reader, settings, new SchedulerClock(system.Scheduler), Random.Shared);
            var delegates = system.ActorOf(KeyedSupervisorActor.Props(
                "delegates",
                new DelegateExtractor(DelegateExtractor.DefaultShards),
                key => DelegateActor.Props(new ConsensusKeyId(key), context),
                DelegateActor.Stop.Instance), "delegates");
            var worker = system.ActorOf(ForgeWorkerActor.Props(opened, delegates, context, services), "forging");
            registry.Register<ForgeWorker>(worker);
            StopOnShutdown(system, worker, settings);
        });
    }

    private static void StopOnShutdown(ActorSystem system, IActorRef worker, ForgingSettings settings)
    {
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "forging-refuse", async () =>
        {
            await worker.Ask<Done>(ForgeWorkerActor.StopAccepting.Instance, shutdown.Timeout(CoordinatedShutdown.PhaseServiceUnbind)).ConfigureAwait(false);
            return Done.Instance;
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "forging-stop", async () =>
        {
            var time = shutdown.Timeout(CoordinatedShutdown.PhaseServiceRequestsDone);
            // The phase must not end before the deadline: its actors would go on while storage stops.
            var deadline = settings.StopTimeout < time * 0.8 ? settings.StopTimeout : time * 0.8;
            await worker.Ask<ForgeReplies.Stopped>(new ForgeCommands.Stop(deadline), time).ConfigureAwait(false);
            return Done.Instance;
        });
    }
}

/// <summary>The forge worker's key in the actor registry.</summary>
public sealed class ForgeWorker
{
    private ForgeWorker()
    {
    }
}

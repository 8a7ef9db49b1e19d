using System.Collections.Immutable;
using System.Text.Json;
using ActorNode.Jobs.Access;
using ActorNode.Jobs.Adapters;
using ActorNode.Jobs.Adapters.Bridges;
using ActorNode.Jobs.Adapters.Http;
using ActorNode.Jobs.Agreements;
using ActorNode.Jobs.Bridges;
using ActorNode.Jobs.Listing;
using ActorNode.Jobs.Runs;
using ActorNode.Jobs.Scheduling;
using ActorNode.Jobs.Specs;
using ActorNode.Keyed;
using ActorNode.Protocol.Jobs;
using ActorNode.Protocol.Services;
using ActorNode.Services;
using ActorNode.Storage;
using Akka;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using Akka.Hosting;

namespace ActorNode.Jobs;

/// <summary>What the job engine does not have by itself.</summary>
/// <param name="Adapters">Kinds of tasks beside the node's own: those of a chain, those of an application.</param>
/// <param name="Chain">Where runs look the logs up that they come from; null: there is no chain.</param>
/// <param name="Agreements">Hashes and signs service agreements; null: there are none.</param>
/// <param name="User">The API's user, where there is none yet.</param>
public sealed record JobsPorts(
    ImmutableArray<IAdapterType> Adapters,
    IRunChain? Chain = null,
    IAgreementChain? Agreements = null,
    ApiUser? User = null);

/// <summary>Starts the job engine: the jobs' region, what brings jobs back, the scheduler, bridges, users and agreements.</summary>
public static class JobsHosting
{
    private const int UsersNamed = 100;

    /// <summary>
    /// Needs services, storage and a journal that knows this slice's events. Starts <c>/user/jobs</c>, the region that takes
    /// <see cref="JobCommands"/> and <see cref="JobQueries"/>, <c>/user/job-scheduler</c>, and what the hosting extensions of bridges, access and
    /// agreements say. On shutdown nothing more is started, then tasks under way are waited for, before storage stops.
    /// </summary>
    public static AkkaConfigurationBuilder WithJobs(
        this AkkaConfigurationBuilder builder, INodeStore store, JobsPorts ports, JobsSettings? settings = null)
    {
        settings ??= new JobsSettings();
        var book = new BridgeBook();
        // Lives as long as the process: connections are closed when they are idle.
        var calls = new HttpCalls(settings.Http);
        AdapterCatalog? adapters = null;
        builder
            .WithJobsAccess(settings, ports.User)
            .WithBridges(settings, book, name => adapters?.IsAdapter(name) ?? true, name => UsersOfAsync(store.Jobs, name))
            .WithActors((system, registry) =>
            {
                var services = registry.Get<ServicesActor>();
                // Known before dependencies are checked and before the node is ready.
                services.Tell(new ServiceCommands.Report(JobBootActor.ServiceName, ServiceState.Starting, DependsOn: [CommitActor.ServiceName]));
                var clock = new SchedulerClock(system.Scheduler);
                adapters = new AdapterCatalog(
                    [.. CoreAdapters.All(settings, calls, clock), .. ports.Adapters], new BridgeAdapters(book, settings, calls).Find);
                var catalog = adapters;
                var context = new JobsContext(
                    catalog, spec => JobRules.Problems(spec, catalog, settings), registry.Get<CommitActor>(), ports.Chain, settings, clock, Random.Shared);
                var jobs = system.ActorOf(KeyedSupervisorActor.Props(
                    "jobs",
                    new JobExtractor(JobExtractor.DefaultShards),
                    key => JobShellActor.Props(new JobId(key), context),
                    JobShellActor.Stop.Instance), "jobs");
                var scheduler = system.ActorOf(SchedulerActor.Props(jobs, settings.Scheduler), "job-scheduler");
                registry.Register<JobsRegion>(jobs);
                registry.Register<JobsScheduler>(scheduler);
                var notices = system.ActorOf(InitiatorNoticesActor.Props(registry.Get<JobsAccess>(), calls, settings, Random.Shared), "job-notices");
                system.ActorOf(JobBootActor.Props(store.Jobs, jobs, scheduler, notices, services, book.Loaded, settings), "job-boot");
                registry.Register<RunRetentionActor>(system.ActorOf(
                    RunRetentionActor.Props(store.Jobs, jobs, services, settings.Retention, clock), RunRetentionActor.ServiceName));
                StopOnShutdown(system, scheduler, jobs, settings);
            });
        return ports.Agreements is not { } agreements
            ? builder
            : builder.WithAgreements(
                _ => new AgreementPorts(agreements, spec => JobRules.Problems(spec, adapters!, settings)),
                registry => registry.Get<JobsRegion>(),
                settings,
                settings.Agreements);
    }

    private static void StopOnShutdown(ActorSystem system, IActorRef scheduler, IActorRef jobs, JobsSettings settings)
    {
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "jobs-refuse", async () =>
        {
            await scheduler.Ask<SchedulerReplies.Stopped>(new SchedulerCommands.Stop(), shutdown.Timeout(CoordinatedShutdown.PhaseServiceUnbind)).ConfigureAwait(false);
            return Done.Instance;
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "jobs-stop", async () =>
        {
            var time = shutdown.Timeout(CoordinatedShutdown.PhaseServiceRequestsDone) * 0.8;
            try
            {
                await jobs.GracefulStop(settings.StopTimeout < time ? settings.StopTimeout : time, GracefulShutdown.Instance).ConfigureAwait(false);
            }
            catch (TaskCanceledException)
            {
                // Tasks that do not end are repeated after the next start, as after a crash.
                system.Log.Warning("Tasks were still under way when the time to stop had passed; they are performed again after the next start");
                system.Stop(jobs);
            }

            return Done.Instance;
        });
    }

    /// <summary>Jobs that use a bridge, so that it cannot be deleted under them.</summary>
    private static async Task<ImmutableArray<JobId>> UsersOfAsync(IJobsReader reader, string bridge)
    {
        var users = ImmutableArray.CreateBuilder<JobId>();
        const int Limit = 1000;
        for (var offset = 0L; users.Count < UsersNamed; offset += Limit)
        {
            var page = await reader.JobsAsync(new PageOf(offset, Limit), CancellationToken.None).ConfigureAwait(false);
            users.AddRange(page.Items
                .Where(row => JsonSerializer.Deserialize(row.Body.Span, JobsJson.Default.JobSpec)!.Tasks.Any(task => task.Type == bridge))
                .Select(row => row.Id));
            if (page.Items.Length < Limit)
                break;
        }

        return users.ToImmutable();
    }
}

/// <summary>The scheduler's key in the actor registry.</summary>
public sealed class JobsScheduler
{
    private JobsScheduler()
    {
    }
}

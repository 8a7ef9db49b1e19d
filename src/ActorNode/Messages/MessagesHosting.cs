using ActorNode.Keyed;
using ActorNode.Protocol.Messages;
using ActorNode.Protocol.Services;
using ActorNode.Services;
using ActorNode.Storage;
using Akka;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Hosting;

namespace ActorNode.Messages;

/// <summary>Starts the message writer: the accounts' region, the batch splitter, the reader and retention.</summary>
public static class MessagesHosting
{
    /// <summary>
    /// Needs services and storage. On shutdown writes are refused first, then every account finishes what it accepted
    /// (phase service-requests-done), before storage stops.
    /// </summary>
    public static AkkaConfigurationBuilder WithMessages(this AkkaConfigurationBuilder builder, INodeStore store, MessagesSettings settings) =>
        builder.WithActors((system, registry) =>
        {
            var services = registry.Get<ServicesActor>();
            var context = new AccountContext(
                registry.Get<CommitActor>(), store, settings, new PendingBudget(settings.MaxPendingBytes), new SchedulerClock(system.Scheduler), Random.Shared);

            var accounts = system.ActorOf(KeyedSupervisorActor.Props(
                "messages",
                new AccountExtractor(AccountExtractor.DefaultShards),
                key => AccountActor.Props(new AccountId(key), context),
                AccountActor.Stop.Instance), "messages");
            var writer = system.ActorOf(MessageWriterActor.Props(accounts), "message-writer");
            registry.Register<AccountActor>(accounts);
            registry.Register<MessageWriterActor>(writer);
            registry.Register<MessageReaderActor>(system.ActorOf(MessageReaderActor.Props(store.Messages, settings), "message-reader"));
            services.Tell(new ServiceCommands.Report("messages", ServiceState.Ready, DependsOn: [CommitActor.ServiceName]));
            if (settings.Retention.MaxAge is { } maxAge)
            {
                // Known before dependencies are checked, so that others can depend on it.
                services.Tell(new ServiceCommands.Report(RetentionActor.ServiceName, ServiceState.Starting, DependsOn: [CommitActor.ServiceName]));
                system.ActorOf(RetentionActor.Props(context, maxAge, services), "message-retention");
            }

            DrainOnShutdown(system, writer, accounts);
        });

    private static void DrainOnShutdown(ActorSystem system, IActorRef writer, IActorRef accounts)
    {
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "messages-refuse", async () =>
        {
            await writer.Ask<Done>(MessageWriterActor.StopAccepting.Instance, shutdown.Timeout(CoordinatedShutdown.PhaseServiceUnbind)).ConfigureAwait(false);
            return Done.Instance;
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "messages-drain", async () =>
        {
            await accounts.GracefulStop(shutdown.Timeout(CoordinatedShutdown.PhaseServiceRequestsDone), GracefulShutdown.Instance).ConfigureAwait(false);
            return Done.Instance;
        });
    }
}

using ActorNode.Protocol.Upkeep;
using ActorNode.Storage;
using Akka;
using Akka.Actor;
using Akka.Event;
using Akka.Hosting;

namespace ActorNode.Upkeep.Store;

/// <summary>Connects an open store with the actor system.</summary>
public static class UpkeepStoreHosting
{
    /// <summary>
    /// The store belongs to the actor system from here on: its values go through the commit actor, where they lie in the node's database, and
    /// it is closed after upkeep and before that database. Backups that fall behind or catch up are logged and published as
    /// <see cref="UpkeepEvents.BackupChanged"/>. After <see cref="StorageHosting.WithStorage"/>.
    /// </summary>
    public static AkkaConfigurationBuilder WithUpkeepStore(this AkkaConfigurationBuilder builder, ReplicatedUpkeepStore store) =>
        builder.WithActors((system, registry) =>
        {
            store.CommitThrough(registry.Get<CommitActor>());
            var log = Logging.GetLogger(system, "upkeep-store");
            store.BackupChanged += backup =>
            {
                if (backup.InSync)
                    log.Info("Backup {Backup} of upkeep's store is in sync", backup.Name);
                else
                    log.Warning("Backup {Backup} of upkeep's store is behind by {Keys} keys: {Problem}", backup.Name, backup.PendingKeys, backup.LastError ?? "slow");
                system.EventStream.Publish(new UpkeepEvents.BackupChanged(backup));
            };
            CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeClusterShutdown, "upkeep-store-close", async () =>
            {
                await store.DisposeAsync().ConfigureAwait(false);
                return Done.Instance;
            });
        });
}

using System.Text;
using Akka.Cluster.Sharding;
using Akka.Hosting;

namespace Akka.Cluster.Hosting;

/// <summary>How a shard region runs. Only what is set is written over the configuration.</summary>
public sealed class ShardOptions
{
    /// <summary>The role of the nodes that host the shards; null for all nodes.</summary>
    public string? Role { get; set; }

    /// <summary>What entities get to stop on when their shard moves or the region shuts down; PoisonPill by default.</summary>
    public object? HandOffStopMessage { get; set; }

    public bool? RememberEntities { get; set; }

    public RememberEntitiesStore? RememberEntitiesStore { get; set; }

    public StateStoreMode? StateStoreMode { get; set; }

    public string? JournalPluginId { get; set; }

    public string? SnapshotPluginId { get; set; }

    /// <summary>Whether entities that get no message for <see cref="PassivateIdleEntityAfter"/> are stopped.</summary>
    public bool? ShouldPassivateIdleEntities { get; set; }

    public TimeSpan? PassivateIdleEntityAfter { get; set; }

    public TimeSpan? ShardRegionQueryTimeout { get; set; }

    public bool? FailOnInvalidEntityStateTransition { get; set; }

    public TimeSpan? LeaseRetryInterval { get; set; }

    /// <summary>As HOCON, under <c>akka.cluster.sharding</c>.</summary>
    public override string ToString()
    {
        var hocon = new StringBuilder();
        Write("role", Role?.ToHocon());
        Write("remember-entities", RememberEntities?.ToHocon());
        Write("remember-entities-store", RememberEntitiesStore?.ToString().ToLowerInvariant());
        Write("state-store-mode", StateStoreMode?.ToString().ToLowerInvariant());
        Write("journal-plugin-id", JournalPluginId?.ToHocon());
        Write("snapshot-plugin-id", SnapshotPluginId?.ToHocon());
        Write("passivate-idle-entity-after", ShouldPassivateIdleEntities == false ? "off" : PassivateIdleEntityAfter?.ToHocon());
        Write("shard-region-query-timeout", ShardRegionQueryTimeout?.ToHocon());
        Write("fail-on-invalid-entity-state-transition", FailOnInvalidEntityStateTransition?.ToHocon());
        Write("lease-retry-interval", LeaseRetryInterval?.ToHocon());
        return hocon.Length == 0 ? "" : $"akka.cluster.sharding {{\n{hocon}}}\n";

        void Write(string key, string? value)
        {
            if (value is not null)
                hocon.Append("  ").Append(key).Append(" = ").Append(value).Append('\n');
        }
    }
}

namespace Akka.Cluster.Sharding;

/// <summary>Where a cluster remembers which entities are alive.</summary>
public enum RememberEntitiesStore
{
    DData,
    Eventsourced,
    Custom,
}

/// <summary>Where a cluster keeps which node hosts which shard.</summary>
public enum StateStoreMode
{
    Persistence,
    DData,
    Custom,
}

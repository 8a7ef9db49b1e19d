using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>A command to the region that gets it.</summary>
public interface IShardRegionCommand;

/// <summary>A question to the region that gets it.</summary>
public interface IShardRegionQuery;

/// <summary>Marks messages that may cross the wire between nodes.</summary>
public interface IClusterShardingSerializable;

/// <summary>
/// Sent by an entity to its parent: it wants <see cref="StopMessage"/> back, to stop on it. Messages that arrive meanwhile are kept and
/// start the entity again.
/// </summary>
public sealed class Passivate : IShardRegionCommand
{
    public Passivate(object stopMessage) => StopMessage = stopMessage;

    public object StopMessage { get; }
}

/// <summary>Asks a region to stop its entities and then itself.</summary>
public sealed class GracefulShutdown : IShardRegionCommand
{
    public static readonly GracefulShutdown Instance = new();

    private GracefulShutdown()
    {
    }
}

/// <summary>Asks a region for its shards and the entities in each; the answer is a <see cref="CurrentShardRegionState"/>.</summary>
public sealed class GetShardRegionState : IShardRegionQuery, IClusterShardingSerializable
{
    public static readonly GetShardRegionState Instance = new();

    private GetShardRegionState()
    {
    }

    public override string ToString() => nameof(GetShardRegionState);
}

/// <summary>The entities of one shard that are active, or stopping with messages waiting.</summary>
public sealed class ShardState : IClusterShardingSerializable, IEquatable<ShardState>
{
    public readonly string ShardId;

    public readonly IImmutableSet<string> EntityIds;

    public ShardState(string shardId, IImmutableSet<string> entityIds)
    {
        ShardId = shardId;
        EntityIds = entityIds;
    }

    public bool Equals(ShardState? other) => other is not null && ShardId == other.ShardId && EntityIds.SetEquals(other.EntityIds);

    public override bool Equals(object? obj) => obj is ShardState other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(ShardId, EntityIds.Count);

    public override string ToString() => $"ShardState({ShardId}, [{string.Join(", ", EntityIds)}])";
}

/// <summary>The answer to <see cref="GetShardRegionState"/>: the shards, and the ids of those that did not answer in time.</summary>
public sealed class CurrentShardRegionState : IClusterShardingSerializable, IEquatable<CurrentShardRegionState>
{
    public readonly IImmutableSet<ShardState> Shards;

    public readonly IImmutableSet<string> Failed;

    public CurrentShardRegionState(IImmutableSet<ShardState> shards)
        : this(shards, ImmutableHashSet<string>.Empty)
    {
    }

    public CurrentShardRegionState(IImmutableSet<ShardState> shards, IImmutableSet<string> failed)
    {
        Shards = shards;
        Failed = failed;
    }

    public bool Equals(CurrentShardRegionState? other) =>
        other is not null && Shards.SetEquals(other.Shards) && Failed.SetEquals(other.Failed);

    public override bool Equals(object? obj) => obj is CurrentShardRegionState other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Shards.Count, Failed.Count);

    public override string ToString() => $"CurrentShardRegionState([{string.Join(", ", Shards)}], failed [{string.Join(", ", Failed)}])";
}

/// <summary>An entity id beside a message that does not carry one.</summary>
public sealed class ShardingEnvelope : IClusterShardingSerializable, IWrappedMessage, IEquatable<ShardingEnvelope>
{
    public ShardingEnvelope(string entityId, object message)
    {
        EntityId = entityId;
        Message = message;
    }

    public string EntityId { get; }

    public object Message { get; }

    public bool Equals(ShardingEnvelope? other) => other is not null && EntityId == other.EntityId && Equals(Message, other.Message);

    public override bool Equals(object? obj) => obj is ShardingEnvelope other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(EntityId, Message);

    public override string ToString() => $"ShardingEnvelope({EntityId}, {Message})";
}

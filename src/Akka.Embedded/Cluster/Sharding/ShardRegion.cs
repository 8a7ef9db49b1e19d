using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster.Sharding;

/// <summary>
/// The region of one entity type on a single node: every shard lives here. Messages of one sender to one entity keep their order, also
/// over passivation; a message for no entity is unhandled. Delivery is at most once.
/// </summary>
public sealed class ShardRegion : ActorBase, IWithTimers
{
    private readonly ShardRegionSettings _settings;
    private readonly Dictionary<string, IActorRef> _shards = new(StringComparer.Ordinal);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private bool _shuttingDown;

    internal ShardRegion(ShardRegionSettings settings) => _settings = settings;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case StartEntity start:
                return StartEntityOf(start);
            case GetShardRegionState:
                ReportState();
                return true;
            case GracefulShutdown:
                ShutDown();
                return true;
            case Terminated ended:
                OnShardEnded(ended.ActorRef);
                return true;
            case IShardRegionCommand or IShardRegionQuery:
                return false;
            default:
                return Deliver(message);
        }
    }

    private bool Deliver(object message)
    {
        if (_settings.Extractor.EntityId(message) is not { Length: > 0 } id)
        {
            _log.Warning("Message of type {0} from {1} is for no entity of {2}", message.GetType(), Sender, _settings.TypeName);
            return false;
        }

        return _settings.Extractor.EntityMessage(message) is { } content && ToShard(id, message, new Shard.Deliver(id, content));
    }

    private bool StartEntityOf(StartEntity start) => !string.IsNullOrEmpty(start.EntityId) && ToShard(start.EntityId, start, start);

    private bool ToShard(string entityId, object message, object content)
    {
        if (_shuttingDown)
            Context.System.DeadLetters.Forward(message);
        else if (_settings.Extractor.ShardId(entityId, message) is { Length: > 0 } shardId)
            ShardOf(shardId).Forward(content);
        else
        {
            _log.Warning("Message of type {0} from {1} is for no shard of {2}", message.GetType(), Sender, _settings.TypeName);
            return false;
        }

        return true;
    }

    private IActorRef ShardOf(string shardId)
    {
        if (_shards.TryGetValue(shardId, out var known))
            return known;
        var shard = Context.Watch(Context.ActorOf(Shard.Props(shardId, _settings), Uri.EscapeDataString(shardId)));
        _shards.Add(shardId, shard);
        return shard;
    }

    private void ReportState()
    {
        // A shard is local and answers between two messages: one that does not is reported as failed, not waited for.
        var (shards, limit) = (_shards.ToArray(), _settings.QueryTimeout);
        Collect().PipeTo(Sender, Self);

        async Task<CurrentShardRegionState> Collect()
        {
            var answers = await Task.WhenAll(shards.Select(StateOf)).ConfigureAwait(false);
            return new CurrentShardRegionState(
                answers.Where(answer => answer.State is not null).Select(answer => answer.State!).ToImmutableHashSet(),
                answers.Where(answer => answer.State is null).Select(answer => answer.Id).ToImmutableHashSet());
        }

        async Task<(string Id, ShardState? State)> StateOf(KeyValuePair<string, IActorRef> shard)
        {
            try
            {
                return (shard.Key, await shard.Value.Ask<ShardState>(Shard.GetState.Instance, limit).ConfigureAwait(false));
            }
            catch (AskTimeoutException)
            {
                return (shard.Key, null);
            }
        }
    }

    private void ShutDown()
    {
        _shuttingDown = true;
        foreach (var shard in _shards.Values)
            shard.Tell(Shard.HandOff.Instance);
        StopWhenEmpty();
    }

    private void OnShardEnded(IActorRef shard)
    {
        foreach (var id in _shards.Where(known => known.Value.Equals(shard)).Select(known => known.Key).ToList())
            _shards.Remove(id);
        StopWhenEmpty();
    }

    private void StopWhenEmpty()
    {
        if (_shuttingDown && _shards.Count == 0)
            Context.Stop(Self);
    }

    /// <summary>Starts an entity without a message for it.</summary>
    public sealed class StartEntity : IClusterShardingSerializable, IEquatable<StartEntity>
    {
        public readonly string EntityId;

        public StartEntity(string entityId) => EntityId = entityId;

        public bool Equals(StartEntity? other) => other is not null && EntityId == other.EntityId;

        public override bool Equals(object? obj) => obj is StartEntity other && Equals(other);

        public override int GetHashCode() => EntityId.GetHashCode(StringComparison.Ordinal);

        public override string ToString() => $"StartEntity({EntityId})";
    }
}

using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster.Sharding;

/// <summary>
/// The parent of the entities of one shard. An entity starts with the first message for it. One that asks to be passivated gets its stop
/// message; messages for it are kept meanwhile, in order, and start it again once it has stopped. An entity that fails is restarted by
/// the default strategy; one that stops is gone until the next message for it.
/// </summary>
internal sealed class Shard : ActorBase, IWithTimers
{
    private readonly string _shardId;
    private readonly ShardRegionSettings _settings;
    private readonly Dictionary<string, Entity> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<IActorRef, Entity> _byRef = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private int _buffered;
    private bool _handingOff;

    public Shard(string shardId, ShardRegionSettings settings)
    {
        _shardId = shardId;
        _settings = settings;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(string shardId, ShardRegionSettings settings) =>
        Actor.Props.Create(() => new Shard(shardId, settings));

    protected override void PreStart()
    {
        if (_settings.PassivateIdleAfter is { } idle)
            Timers.StartPeriodicTimer(FindIdle.Instance, FindIdle.Instance, idle / 2);
    }

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case Deliver deliver:
                OnDeliver(deliver);
                return true;
            case ShardRegion.StartEntity start:
                OnStartEntity(start.EntityId);
                return true;
            case Passivate passivate:
                if (_byRef.TryGetValue(Sender, out var tired))
                    Stop(tired, passivate.StopMessage);
                return true;
            case Terminated ended:
                OnEntityEnded(ended.ActorRef);
                return true;
            case FindIdle:
                PassivateIdle();
                return true;
            case GetState:
                Sender.Tell(new ShardState(_shardId, _byId.Keys.ToImmutableHashSet()));
                return true;
            case HandOff:
                OnHandOff();
                return true;
            case HandOffTimedOut:
                _log.Warning("Entities of shard {0} of {1} did not stop in time: {2}", _shardId, _settings.TypeName, string.Join(", ", _byId.Keys));
                Context.Stop(Self);
                return true;
            default:
                return false;
        }
    }

    private void OnDeliver(Deliver deliver)
    {
        if (_handingOff)
        {
            Context.System.DeadLetters.Forward(deliver.Message);
            return;
        }

        var entity = _byId.TryGetValue(deliver.EntityId, out var known) ? known : Start(deliver.EntityId);
        if (entity.Waiting is null)
        {
            entity.LastUsed = Context.System.Scheduler.Now;
            entity.Actor.Forward(deliver.Message);
        }
        else if (_buffered < ShardRegionSettings.BufferLimit)
        {
            entity.Waiting.Enqueue((deliver.Message, Sender));
            _buffered++;
        }
        else
        {
            _log.Warning("Shard {0} of {1} holds {2} messages for stopping entities: one for {3} is dropped",
                _shardId, _settings.TypeName, _buffered, deliver.EntityId);
            Context.System.DeadLetters.Forward(deliver.Message);
        }
    }

    private void OnStartEntity(string id)
    {
        if (_handingOff)
            return;
        if (!_byId.TryGetValue(id, out var entity))
            Start(id);
        else if (entity.Waiting is not null)
            entity.StartsAgain = true;
    }

    private Entity Start(string id)
    {
        var actor = Context.Watch(Context.ActorOf(_settings.EntityProps(id), Uri.EscapeDataString(id)));
        var entity = new Entity(id, actor) { LastUsed = Context.System.Scheduler.Now };
        _byId.Add(id, entity);
        _byRef.Add(actor, entity);
        return entity;
    }

    private static void Stop(Entity entity, object stopMessage)
    {
        if (entity.Waiting is not null)
            return;
        entity.Waiting = new Queue<(object Message, IActorRef Sender)>();
        entity.Actor.Tell(stopMessage);
    }

    private void OnEntityEnded(IActorRef actor)
    {
        if (!_byRef.Remove(actor, out var ended))
            return;
        _byId.Remove(ended.Id);
        if (_handingOff)
        {
            GiveUpWaiting(ended);
            StopWhenEmpty();
        }
        else if (ended.Waiting is { } waiting && (waiting.Count > 0 || ended.StartsAgain))
        {
            var entity = Start(ended.Id);
            _buffered -= waiting.Count;
            foreach (var (message, sender) in waiting)
                entity.Actor.Tell(message, sender);
        }
    }

    /// <summary>A shard that is stopped or restarted before its entities have ended keeps nothing for them.</summary>
    protected override void PostStop()
    {
        foreach (var entity in _byId.Values)
            GiveUpWaiting(entity);
    }

    private static void GiveUpWaiting(Entity entity)
    {
        while (entity.Waiting is not null && entity.Waiting.TryDequeue(out var lost))
            Context.System.DeadLetters.Tell(lost.Message, lost.Sender);
    }

    private void PassivateIdle()
    {
        var deadline = Context.System.Scheduler.Now - _settings.PassivateIdleAfter!.Value;
        foreach (var entity in _byId.Values)
        {
            if (entity.LastUsed <= deadline)
                Stop(entity, _settings.HandOffStopMessage);
        }
    }

    private void OnHandOff()
    {
        _handingOff = true;
        Timers.CancelAll();
        Timers.StartSingleTimer(HandOffTimedOut.Instance, HandOffTimedOut.Instance, ShardRegionSettings.HandOffTimeout);
        foreach (var entity in _byId.Values)
            Stop(entity, _settings.HandOffStopMessage);
        StopWhenEmpty();
    }

    private void StopWhenEmpty()
    {
        if (_byId.Count == 0)
            Context.Stop(Self);
    }

    /// <summary>A message for an entity, already taken out of its envelope.</summary>
    internal sealed record Deliver(string EntityId, object Message);

    internal sealed record GetState
    {
        public static readonly GetState Instance = new();
    }

    internal sealed record HandOff
    {
        public static readonly HandOff Instance = new();
    }

    private sealed record FindIdle : INotInfluenceReceiveTimeout
    {
        public static readonly FindIdle Instance = new();
    }

    private sealed record HandOffTimedOut
    {
        public static readonly HandOffTimedOut Instance = new();
    }

    private sealed class Entity(string id, IActorRef actor)
    {
        public string Id { get; } = id;

        public IActorRef Actor { get; } = actor;

        public DateTimeOffset LastUsed { get; set; }

        /// <summary>Messages that came while the entity was stopping; null while it is not.</summary>
        public Queue<(object Message, IActorRef Sender)>? Waiting { get; set; }

        /// <summary>Whether it was asked to start while it was stopping.</summary>
        public bool StartsAgain { get; set; }
    }
}

using System.Collections;
using Akka.Actor;

namespace Akka.Hosting;

/// <summary>
/// The registry of one actor system. Safe from any thread. Who waits for a key gets the first actor registered under it; when the
/// system ends, who still waits gets a <see cref="MissingActorRegistryEntryException"/>.
/// </summary>
public class ActorRegistry : IActorRegistry, IExtension
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Type, IActorRef> _actors = [];
    private readonly Dictionary<Type, TaskCompletionSource<IActorRef>> _awaited = [];
    private bool _closed;

    public static ActorRegistry For(ActorSystem actorSystem) => actorSystem.WithExtension<ActorRegistry, ActorRegistryExtension>();

    public void Register<TKey>(IActorRef actor, bool overwrite = false)
    {
        if (!TryRegister<TKey>(actor, overwrite))
        {
            throw new DuplicateActorRegistryException(
                $"Another actor is registered under {typeof(TKey)} already; pass overwrite: true to replace it.");
        }
    }

    public bool TryRegister<TKey>(IActorRef actor, bool overwrite = false) => TryRegister(typeof(TKey), actor, overwrite);

    public bool TryRegister(Type key, IActorRef actor, bool overwrite = false)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(actor);
        TaskCompletionSource<IActorRef>? awaited;
        lock (_lock)
        {
            if (overwrite)
                _actors[key] = actor;
            else if (!_actors.TryAdd(key, actor))
                return false;
            _awaited.Remove(key, out awaited);
        }

        awaited?.TrySetResult(actor);
        return true;
    }

    public bool TryGet<TKey>(out IActorRef actor) => TryGet(typeof(TKey), out actor);

    public bool TryGet(Type key, out IActorRef actor)
    {
        lock (_lock)
        {
            var found = _actors.TryGetValue(key, out var registered);
            actor = registered ?? ActorRefs.Nobody;
            return found;
        }
    }

    public IActorRef Get<TKey>() => TryGet<TKey>(out var actor) ? actor : throw Missing(typeof(TKey));

    public Task<IActorRef> GetAsync<TKey>(CancellationToken ct = default) => GetAsync(typeof(TKey), ct);

    public Task<IActorRef> GetAsync(Type key, CancellationToken ct = default)
    {
        lock (_lock)
        {
            if (_actors.TryGetValue(key, out var registered))
                return Task.FromResult(registered);
            if (_closed)
                return Task.FromException<IActorRef>(Missing(key));
            if (!_awaited.TryGetValue(key, out var awaited))
                _awaited.Add(key, awaited = new TaskCompletionSource<IActorRef>(TaskCreationOptions.RunContinuationsAsynchronously));
            return awaited.Task.WaitAsync(ct);
        }
    }

    public IEnumerator<KeyValuePair<Type, IActorRef>> GetEnumerator()
    {
        List<KeyValuePair<Type, IActorRef>> snapshot;
        lock (_lock)
            snapshot = [.. _actors];
        return snapshot.GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The system has ended: nobody will be registered any more.</summary>
    internal void Close()
    {
        List<KeyValuePair<Type, TaskCompletionSource<IActorRef>>> disappointed;
        lock (_lock)
        {
            _closed = true;
            disappointed = [.. _awaited];
            _awaited.Clear();
        }

        foreach (var (key, awaited) in disappointed)
            awaited.TrySetException(Missing(key));
    }

    private static MissingActorRegistryEntryException Missing(Type key) =>
        new($"No actor is registered under {key}. Was it started, and before the one that needs it?");
}

/// <summary>Finds the <see cref="ActorRegistry"/> of a system.</summary>
public sealed class ActorRegistryExtension : ExtensionIdProvider<ActorRegistry>
{
    public override ActorRegistry CreateExtension(ExtendedActorSystem system)
    {
        var registry = new ActorRegistry();
        system.RegisterOnTermination(registry.Close);
        return registry;
    }
}

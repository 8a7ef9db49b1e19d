using Akka.Actor;

namespace Akka.Hosting;

/// <summary>The well-known actors of a system, each under a key type.</summary>
public interface IReadOnlyActorRegistry : IEnumerable<KeyValuePair<Type, IActorRef>>
{
    /// <summary>False, and Nobody, where nothing is registered.</summary>
    bool TryGet(Type key, out IActorRef actor);

    bool TryGet<TKey>(out IActorRef actor);

    /// <summary>Throws <see cref="MissingActorRegistryEntryException"/> where nothing is registered.</summary>
    IActorRef Get<TKey>();

    /// <summary>The actor, once there is one. Completes asynchronously; a cancelled token cancels the wait.</summary>
    Task<IActorRef> GetAsync<TKey>(CancellationToken ct = default);

    Task<IActorRef> GetAsync(Type key, CancellationToken ct = default);
}

/// <summary>The registry for those who start actors.</summary>
public interface IActorRegistry : IReadOnlyActorRegistry
{
    /// <summary>Throws <see cref="DuplicateActorRegistryException"/> where the key is taken and is not to be overwritten.</summary>
    void Register<TKey>(IActorRef actor, bool overwrite = false);

    bool TryRegister<TKey>(IActorRef actor, bool overwrite = false);

    bool TryRegister(Type key, IActorRef actor, bool overwrite = false);
}

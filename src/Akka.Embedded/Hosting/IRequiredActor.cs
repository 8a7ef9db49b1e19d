using Akka.Actor;

namespace Akka.Hosting;

/// <summary>
/// An actor of the registry as a constructor argument. <see cref="ActorRef"/> needs it to be registered by then: for actors started
/// later, and for hosted services, <see cref="GetAsync"/> waits.
/// </summary>
public interface IRequiredActor<TActor>
{
    /// <summary>Throws <see cref="MissingActorRegistryEntryException"/> where nothing is registered yet.</summary>
    IActorRef ActorRef { get; }

    Task<IActorRef> GetAsync(CancellationToken cancellationToken = default);
}

/// <summary>Looks the actor up when it is first needed and then keeps it.</summary>
public sealed class RequiredActor<TActor> : IRequiredActor<TActor>
{
    private readonly IReadOnlyActorRegistry _registry;
    private IActorRef? _actor;

    public RequiredActor(IReadOnlyActorRegistry registry)
    {
        _registry = registry;
        if (registry.TryGet<TActor>(out var actor))
            _actor = actor;
    }

    public IActorRef ActorRef => _actor ??= _registry.Get<TActor>();

    public async Task<IActorRef> GetAsync(CancellationToken cancellationToken = default) =>
        _actor ??= await _registry.GetAsync<TActor>(cancellationToken).ConfigureAwait(false);
}

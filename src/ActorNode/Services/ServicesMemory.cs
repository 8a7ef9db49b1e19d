using System.Collections.Immutable;
using ActorNode.Protocol.Services;
using Akka.Actor;

namespace ActorNode.Services;

/// <summary>What outlives a restart of the services actor. Touched on its turns only.</summary>
internal sealed class ServicesMemory
{
    public ServicesState State { get; set; } = ServicesState.Empty;

    public DateTimeOffset Created { get; set; }

    public ServiceEvents.PhaseChanged? LastPhase { get; set; }

    public bool NodeStopAsked { get; set; }

    /// <summary>The states that were published.</summary>
    public ImmutableDictionary<string, ServiceState> Shown { get; set; } = ImmutableDictionary<string, ServiceState>.Empty;

    public Dictionary<string, IActorRef> Actors { get; } = new(StringComparer.Ordinal);

    /// <summary>What each service's actor was last told of its dependencies.</summary>
    public Dictionary<string, LifeInput.Dependencies> Informed { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, ShutdownKind> ToldToStop { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, IActorRef> Removals { get; } = new(StringComparer.Ordinal);

    public List<IActorRef> StopAskers { get; } = [];
}

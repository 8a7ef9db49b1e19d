using System.Collections.Immutable;

namespace ActorNode.Protocol.Services;

/// <summary>What the services actor and its children publish on the event stream.</summary>
public static class ServiceEvents
{
    /// <summary>A service is in another state.</summary>
    public sealed record StateChanged(string Name, ServiceState From, ServiceState To, DateTimeOffset At, string? Error);

    /// <summary>A service still waits for its dependencies. Published from time to time while it does.</summary>
    public sealed record WaitingForDependencies(string Name, ImmutableArray<string> Missing, TimeSpan Waited);

    /// <summary>A service that was started lost a dependency. The service goes on and was told.</summary>
    public sealed record DependencyDown(string Name, string Dependency);

    /// <summary>A lost dependency of a service is ready again.</summary>
    public sealed record DependencyUp(string Name, string Dependency);

    /// <summary>The node is in another phase. The last one is kept: see <see cref="ServiceCommands.FollowPhases"/>.</summary>
    public sealed record PhaseChanged(NodePhase Phase, DateTimeOffset At, string? Reason);

    /// <summary>The policy of a service ends the node, which was asked to stop with a failure.</summary>
    public sealed record NodeStopAsked(string Name, string Reason);
}

using System.Collections.Immutable;

namespace ActorNode.Protocol.Services;

/// <summary>The state of one of the node's services.</summary>
public enum ServiceState
{
    /// <summary>Waits for its dependencies to be ready.</summary>
    Waiting,

    /// <summary>Started, not yet ready.</summary>
    Starting,

    /// <summary>Works.</summary>
    Ready,

    /// <summary>Runs, but part of its work fails; it tries on by itself. Not ready.</summary>
    Degraded,

    /// <summary>Ended and is started again after its back-off. Not ready.</summary>
    Restarting,

    /// <summary>Did its work and ended, as its policy allows. As good as ready.</summary>
    Completed,

    /// <summary>Ended by a failure and is not started again, or cannot start. Not ready.</summary>
    Failed,

    /// <summary>Shutting down. Not ready.</summary>
    Stopping,

    /// <summary>Ended because it was told to.</summary>
    Stopped,
}

/// <summary>One service as operators see it. <paramref name="LastError"/> is never cleared, so that a healed failure stays visible.</summary>
public sealed record ServiceStatus(
    string Name,
    ServiceState State,
    DateTimeOffset Since,
    ImmutableArray<string> DependsOn,
    int Restarts,
    string? LastError)
{
    /// <summary>The dependencies that are not ready now, in order of declaration.</summary>
    public ImmutableArray<string> WaitingFor { get; init; } = [];
}

using System.Collections.Immutable;

namespace ActorNode.Protocol.Services;

/// <summary>The state of one of the node's services.</summary>
public enum ServiceState
{
    /// <summary>Started, not yet ready.</summary>
    Starting,

    /// <summary>Works.</summary>
    Ready,

    /// <summary>Runs, but part of its work fails; it tries on by itself. Not ready.</summary>
    Degraded,

    /// <summary>Shutting down. Not ready.</summary>
    Stopping,

    /// <summary>Ended.</summary>
    Stopped,
}

/// <summary>Questions to the services actor.</summary>
public static class ServiceQueries
{
    /// <summary>Every service and its state. Reply: <see cref="ServiceReplies.Services"/>.</summary>
    public sealed record GetServices
    {
        /// <summary>The only instance.</summary>
        public static readonly GetServices Instance = new();

        private GetServices()
        {
        }
    }
}

/// <summary>Answers of the services actor.</summary>
public static class ServiceReplies
{
    /// <summary>The node is ready when every service is. In order of registration.</summary>
    public sealed record Services(ImmutableArray<ServiceStatus> All)
    {
        /// <summary>True when there are services and all of them are ready.</summary>
        public bool Ready => !All.IsEmpty && All.All(s => s.State == ServiceState.Ready);
    }
}

/// <summary>One service as operators see it. <paramref name="LastError"/> is never cleared, so that a healed failure stays visible.</summary>
public sealed record ServiceStatus(
    string Name,
    ServiceState State,
    DateTimeOffset Since,
    ImmutableArray<string> DependsOn,
    int Restarts,
    string? LastError);

using System.Collections.Immutable;

namespace ActorNode.Protocol.Services;

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
        /// <summary>How far the services as a whole are.</summary>
        public NodePhase Phase { get; init; } = NodePhase.Running;

        /// <summary>True when there are services and all of them are ready, or did their work.</summary>
        public bool Ready => !All.IsEmpty && All.All(s => s.State is ServiceState.Ready or ServiceState.Completed);
    }

    /// <summary>The services begin to start.</summary>
    public sealed record Begun
    {
        /// <summary>The only instance.</summary>
        public static readonly Begun Instance = new();

        private Begun()
        {
        }
    }

    /// <summary>The service is registered; it starts when its dependencies are ready.</summary>
    public sealed record Added(string Name);

    /// <summary>The service has ended and is forgotten.</summary>
    public sealed record Removed(string Name);

    /// <summary>The command was not carried out and changed nothing.</summary>
    public sealed record Refused(string Problem);

    /// <summary>No service runs any more, except those that did not end when told to: their threads are left behind.</summary>
    public sealed record AllStopped(ImmutableArray<string> LeftBehind);
}

using System.Collections.Immutable;

namespace ActorNode.Protocol.Services;

/// <summary>What is told to the services actor.</summary>
public static class ServiceCommands
{
    /// <summary>
    /// A part of the node that starts and stops by itself exists, or changed its state. The first report registers it. A report for a
    /// background service is ignored: its own actor knows better.
    /// </summary>
    public sealed record Report(string Name, ServiceState State, string? Error = null, bool Restarted = false, ImmutableArray<string> DependsOn = default);

    /// <summary>
    /// Everything that belongs to the node is registered: check the dependencies and start. Reply: <see cref="ServiceReplies.Begun"/>, or
    /// <see cref="ServiceReplies.Refused"/> with every unknown name or the cycle, and then nothing starts.
    /// </summary>
    public sealed record Begin
    {
        /// <summary>The only instance.</summary>
        public static readonly Begin Instance = new();

        private Begin()
        {
        }
    }

    /// <summary>
    /// Stop one background service and forget it. Reply: <see cref="ServiceReplies.Removed"/> after its end, or
    /// <see cref="ServiceReplies.Refused"/>, e.g. while others depend on it.
    /// </summary>
    public sealed record Remove(string Name);

    /// <summary>
    /// The node shuts down: no service is ready from now on, whatever it says, and background services end in reverse order of their
    /// dependencies. A fast stop after a graceful one ends the grace period. Reply: <see cref="ServiceReplies.AllStopped"/>.
    /// </summary>
    public sealed record Stop(ShutdownKind Kind, string Reason);

    /// <summary>
    /// The sender gets the present <see cref="ServiceEvents.PhaseChanged"/> at once and every later one from the event stream: however late
    /// it comes, it misses nothing and gets nothing twice.
    /// </summary>
    public sealed record FollowPhases
    {
        /// <summary>The only instance.</summary>
        public static readonly FollowPhases Instance = new();

        private FollowPhases()
        {
        }
    }
}

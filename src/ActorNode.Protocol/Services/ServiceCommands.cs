using System.Collections.Immutable;

namespace ActorNode.Protocol.Services;

/// <summary>What services tell the services actor about themselves.</summary>
public static class ServiceCommands
{
    /// <summary>A service exists, or changed its state. The first report registers it.</summary>
    public sealed record Report(string Name, ServiceState State, string? Error = null, bool Restarted = false, ImmutableArray<string> DependsOn = default);

    /// <summary>The node is shutting down: every service is stopping from now on, whatever it reports. No reply.</summary>
    public sealed record BeginStopping
    {
        /// <summary>The only instance.</summary>
        public static readonly BeginStopping Instance = new();

        private BeginStopping()
        {
        }
    }
}

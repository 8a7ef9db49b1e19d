namespace ActorNode.Protocol.Services;

/// <summary>How much time a stop leaves.</summary>
public enum ShutdownKind
{
    /// <summary>Finish what is under way, within the grace period.</summary>
    Graceful,

    /// <summary>End at once.</summary>
    Fast,
}

/// <summary>A service is asked to end. After the deadline a graceful request becomes a fast one, and a fast one is given up.</summary>
public sealed record ShutdownRequest(ShutdownKind Kind, string Reason, DateTimeOffset Deadline);

namespace ActorNode.Protocol.Services;

/// <summary>How far the node's services are, in the order in which a node goes through it.</summary>
public enum NodePhase
{
    /// <summary>Services are being registered and started.</summary>
    Bootstrap,

    /// <summary>Every service was ready once.</summary>
    BootstrapComplete,

    /// <summary>The node does its work.</summary>
    Running,

    /// <summary>The node was told to stop in order. Left out by a fast stop.</summary>
    GracefulTerminate,

    /// <summary>Services are told to stop.</summary>
    ShutdownStarted,

    /// <summary>Services have the grace period to finish. Left out by a fast stop.</summary>
    ShutdownGracePeriod,

    /// <summary>What still runs is told to end at once.</summary>
    ShutdownRuntimes,

    /// <summary>No service runs any more.</summary>
    Terminated,
}

namespace ActorNode.Lightning.Simulation;

/// <summary>How large the simulated world is, and how much happens in it.</summary>
public sealed record SimulationSettings
{
    /// <summary>What everything random follows from.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Peers of the node, each with a channel or two.</summary>
    public int Peers { get; init; } = 4;

    /// <summary>Other nodes of the public network.</summary>
    public int Nodes { get; init; } = 16;

    /// <summary>Payments and probes, sent, received and forwarded, in a second.</summary>
    public double PaymentsPerSecond { get; init; } = 10;

    /// <summary>The time between two blocks.</summary>
    public TimeSpan BlockInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often, on average, a peer stops answering for a while. Null: never.</summary>
    public TimeSpan? PeerSilenceEvery { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a peer that stopped answering does so.</summary>
    public TimeSpan PeerSilence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a peer waits before it connects again.</summary>
    public TimeSpan ReconnectAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often, on average, a channel is closed, every other time by force, and another one opened. Null: never.</summary>
    public TimeSpan? CloseEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The time between two pieces of gossip, or two snapshots of rapid gossip.</summary>
    public TimeSpan GossipEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether gossip comes as snapshots instead of from peers.</summary>
    public bool RapidGossip { get; init; }

    /// <summary>When the first snapshot of rapid gossip has come.</summary>
    public TimeSpan FirstSyncAfter { get; init; } = TimeSpan.FromSeconds(5);
}

using ActorNode.Tezos.Baking;
using ActorNode.Tezos.Hashes;

namespace ActorNode.Tezos.Simulation;

/// <summary>What a simulated chain is like. Shares are of 1.</summary>
public sealed record ChainSettings
{
    /// <summary>What everything random follows from.</summary>
    public int Seed { get; init; } = 1;

    public ChainId Chain { get; init; } = new(0x51a4d80f);

    /// <summary>Whole seconds: a block's time has no more.</summary>
    public RoundDurations Durations { get; init; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

    /// <summary>The votes of a level.</summary>
    public int Committee { get; init; } = 64;

    /// <summary>Bakers that are somebody else's.</summary>
    public int OtherBakers { get; init; } = 5;

    /// <summary>How often the proposer of a round that is somebody else's is not there.</summary>
    public double MissedProposals { get; init; } = 0.12;

    /// <summary>How often somebody else does not vote.</summary>
    public double MissedVotes { get; init; } = 0.05;

    /// <summary>How often the rest of the network sees a quorum that the own node sees a round too late, and so from the wrong branch.</summary>
    public double LateQuorums { get; init; } = 0.1;

    /// <summary>What a header's work is measured by; far less of it than on a real network.</summary>
    public ulong WorkThreshold { get; init; } = (1UL << 58) - 1;

    /// <summary>Slots that make a quorum: more than two thirds.</summary>
    public int Threshold => Committee * 2 / 3 + 1;
}

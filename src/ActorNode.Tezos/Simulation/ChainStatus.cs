using System.Collections.Immutable;

namespace ActorNode.Tezos.Simulation;

/// <summary>What was sent to the chain, and what it makes of it.</summary>
public enum Injection
{
    /// <summary>It counts.</summary>
    Accepted,

    /// <summary>It was right once: the round is over, or the branch left.</summary>
    Outdated,

    /// <summary>It was sent before.</summary>
    Known,

    /// <summary>It breaks a rule of the chain, and is reported as a violation.</summary>
    Invalid,
}

/// <summary>A chain at one moment.</summary>
/// <param name="Level">The level that is being decided.</param>
/// <param name="Round">Its round.</param>
/// <param name="Head">The level of the head.</param>
/// <param name="LostRounds">Rounds that ended without a quorum.</param>
/// <param name="Reorganisations">How often the head's branch was left.</param>
/// <param name="Outdated">Own votes and blocks that came too late.</param>
/// <param name="Own">The own delegates, by number.</param>
/// <param name="Violations">What was sent and may not be.</param>
public sealed record ChainStatus(
    int Level, int Round, int Head, int LostRounds, int Reorganisations, int Outdated, ImmutableArray<DelegateCounts> Own, ImmutableArray<string> Violations);

/// <summary>What the chain has of one delegate.</summary>
public sealed record DelegateCounts(int Blocks, int Preattestations, int Attestations);

using System.Collections.Immutable;
using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Hashes;

namespace ActorNode.Tezos.Baking;

/// <summary>What a baker waits for in a round.</summary>
public enum BakerPhase
{
    /// <summary>A proposal.</summary>
    Idle,

    /// <summary>The prequorum of the latest proposal.</summary>
    AwaitingPreattestations,

    /// <summary>Its quorum.</summary>
    AwaitingAttestations,
}

/// <summary>Where a baker stands: one level, one round. Immutable.</summary>
public sealed record BakerState(BlockInfo Predecessor)
{
    /// <summary>The level that is being decided.</summary>
    public int Level => Predecessor.Level + 1;

    public int Round { get; init; }

    public BakerPhase Phase { get; init; }

    /// <summary>The newest proposal of the level that was valid in its round.</summary>
    public BlockInfo? Proposal { get; init; }

    /// <summary>The payload that had a prequorum, and when: nothing else is voted for but with a newer prequorum.</summary>
    public (int Round, PayloadHash Payload)? Lock { get; init; }

    /// <summary>The newest block that had a prequorum: what is proposed again.</summary>
    public BlockInfo? Attestable { get; init; }

    /// <summary>The block that had a quorum: the next level builds on it.</summary>
    public BlockInfo? Elected { get; init; }

    /// <summary>The proposal has another payload than the lock: its prequorum unlocks, and is attested then.</summary>
    public bool AwaitsUnlock { get; init; }

    /// <summary>Attestations that were signed before the prequorum that they need.</summary>
    public ImmutableArray<SignedVote> EarlyAttestations { get; init; } = [];

    /// <summary>Rounds of the next level below this one were proposed, or are past.</summary>
    public int NextLevelRound { get; init; }
}

/// <summary>A vote of an own key, ready to be sent.</summary>
public sealed record SignedVote(ConsensusKeyId Key, ConsensusVote Vote, SignedOperation Operation);

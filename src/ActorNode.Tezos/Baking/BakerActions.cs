using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Hashes;

namespace ActorNode.Tezos.Baking;

/// <summary>What a baker does next, in this order.</summary>
public abstract record BakerAction
{
    /// <summary>Whatever waits with the forge worker is of yesterday.</summary>
    public sealed record CancelPending : BakerAction
    {
        /// <summary>The only instance.</summary>
        public static readonly CancelPending Instance = new();

        private CancelPending()
        {
        }
    }

    /// <summary>Have the votes of all own keys for a proposal signed.</summary>
    public sealed record ForgeVotes(VoteKind Kind, BlockInfo Proposal) : BakerAction;

    /// <summary>Have a block prepared and signed. <paramref name="Again"/>: its payload is that of a block that had a prequorum.</summary>
    public sealed record ForgeBlock(ConsensusKeyId Key, BlockInfo Predecessor, int Round, DateTimeOffset Timestamp, Reproposal? Again) : BakerAction;

    /// <summary>Send a vote.</summary>
    public sealed record InjectVote(SignedVote Vote) : BakerAction;

    /// <summary>Send a block at its time, at once when that is past.</summary>
    public sealed record InjectBlock(SignedBlockHeader Header, DateTimeOffset At) : BakerAction;

    /// <summary>A vote came too late, or for something else than is decided now; it is of no use.</summary>
    public sealed record DiscardVote(SignedVote Vote) : BakerAction;
}

/// <summary>A payload that is proposed again, with the round of the prequorum that proves it.</summary>
public sealed record Reproposal(PayloadHash PayloadHash, int PayloadRound, int PrequorumRound);

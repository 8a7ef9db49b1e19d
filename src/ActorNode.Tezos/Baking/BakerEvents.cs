using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Hashes;

namespace ActorNode.Tezos.Baking;

/// <summary>What a baker hears, from its node, from the forge worker and from its timer.</summary>
public abstract record BakerEvent
{
    /// <summary>The node has a new head, valid and not from the future.</summary>
    public sealed record NewHead(BlockInfo Block, BlockInfo Predecessor) : BakerEvent;

    /// <summary>Two thirds of the committee preattested the block.</summary>
    public sealed record PrequorumReached(BlockHash Block) : BakerEvent;

    /// <summary>Two thirds of the committee attested the block.</summary>
    public sealed record QuorumReached(BlockHash Block) : BakerEvent;

    /// <summary>A vote is signed.</summary>
    public sealed record VoteSigned(SignedVote Vote) : BakerEvent;

    /// <summary>A block is signed.</summary>
    public sealed record BlockSigned(ConsensusKeyId Key, SignedBlockHeader Header) : BakerEvent;

    /// <summary>Time went by: see <see cref="BakerAutomaton.NextTick"/>.</summary>
    public sealed record Tick : BakerEvent
    {
        /// <summary>The only instance.</summary>
        public static readonly Tick Instance = new();

        private Tick()
        {
        }
    }
}

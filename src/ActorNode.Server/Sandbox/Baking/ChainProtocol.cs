using System.Collections.Immutable;
using ActorNode.Tezos.Baking;
using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Keys;

namespace ActorNode.Server.Sandbox.Baking;

/// <summary>What the simulated chain's node is told and asked. What bakers hear of it are <see cref="BakerEvent"/>s.</summary>
internal static class ChainProtocol
{
    /// <summary>Tell the sender what happens, until it ends. Reply: <see cref="Watching"/>.</summary>
    public sealed record Watch
    {
        public static readonly Watch Instance = new();
    }

    /// <summary>Where the chain is: the level's predecessor, and what bakers heard since.</summary>
    public sealed record Watching(BlockInfo Predecessor, ImmutableArray<BakerEvent> News);

    /// <summary>A block is sent. No reply: a network gives none.</summary>
    public sealed record InjectBlock(SignedBlockHeader Header);

    /// <summary>A vote is sent. No reply.</summary>
    public sealed record InjectVote(ConsensusVote Vote, Signature Signature);

    /// <summary>Reply: <see cref="Tezos.Simulation.ChainStatus"/>.</summary>
    public sealed record GetChain
    {
        public static readonly GetChain Instance = new();
    }
}

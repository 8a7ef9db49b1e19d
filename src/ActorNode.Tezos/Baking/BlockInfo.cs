using ActorNode.Tezos.Hashes;

namespace ActorNode.Tezos.Baking;

/// <summary>What a baker has to know of a block.</summary>
/// <param name="Hash">Its name.</param>
/// <param name="PredecessorHash">The name of the block below it.</param>
/// <param name="Level">Its height.</param>
/// <param name="Round">The round it was proposed in.</param>
/// <param name="Timestamp">The beginning of that round.</param>
/// <param name="PayloadHash">What it holds; a block that is proposed again in a later round holds the same.</param>
/// <param name="PayloadRound">The round in which that was proposed first.</param>
public sealed record BlockInfo(
    BlockHash Hash, BlockHash PredecessorHash, int Level, int Round, DateTimeOffset Timestamp, PayloadHash PayloadHash, int PayloadRound)
{
    /// <summary>The round of the prequorum that the block proves, of one proposed again.</summary>
    public int? PrequorumRound { get; init; }
}

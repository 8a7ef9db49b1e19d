using ActorNode.Protocol.Forging;

namespace ActorNode.Tezos.Baking;

/// <summary>Who may do what: the node knows. From any thread.</summary>
public interface IBakingRights
{
    /// <summary>The own key that proposes in a round; null: somebody else does.</summary>
    ConsensusKeyId? ProposerAt(int level, int round);

    /// <summary>The own keys that vote at a level, each with its first slot.</summary>
    IReadOnlyList<(ConsensusKeyId Key, ushort Slot)> VotersAt(int level);
}

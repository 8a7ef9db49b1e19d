using System.Collections.Immutable;
using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Baking;
using ActorNode.Tezos.Keys;

namespace ActorNode.Tezos.Simulation;

/// <summary>
/// Who has which slots: at every level anew, all alike often. Delegates are numbers, the own ones first. Immutable.
/// </summary>
public sealed class Committee(ChainSettings settings, ImmutableArray<PublicKey> own, Network network) : IBakingRights
{
    private readonly ImmutableArray<ConsensusKeyId> _ids = [.. own.Select(key => key.Hash(network).Id)];

    /// <summary>All delegates.</summary>
    public int Count => own.Length + settings.OtherBakers;

    /// <summary>The own keys, in the order of their numbers.</summary>
    public ImmutableArray<ConsensusKeyId> Own => _ids;

    public bool IsOwn(int @delegate) => @delegate < own.Length;

    public PublicKey KeyOf(int ownDelegate) => own[ownDelegate];

    /// <summary>The delegate that has a slot.</summary>
    public int OwnerOf(int level, int slot) => Chance.Below(Count, settings.Seed, level, slot);

    /// <summary>The delegate that proposes in a round.</summary>
    public int Proposer(int level, int round) => OwnerOf(level, round % settings.Committee);

    /// <summary>The slots of each delegate at a level.</summary>
    public int[] PowersAt(int level)
    {
        var powers = new int[Count];
        for (var slot = 0; slot < settings.Committee; slot++)
            powers[OwnerOf(level, slot)]++;
        return powers;
    }

    /// <summary>The delegate that votes with a slot, which must be its first; null: nobody does.</summary>
    public int? VoterWith(int level, ushort slot)
    {
        if (slot >= settings.Committee)
            return null;
        var owner = OwnerOf(level, slot);
        for (var before = 0; before < slot; before++)
        {
            if (OwnerOf(level, before) == owner)
                return null;
        }

        return owner;
    }

    /// <inheritdoc/>
    public ConsensusKeyId? ProposerAt(int level, int round) => Proposer(level, round) is var proposer && IsOwn(proposer) ? _ids[proposer] : null;

    /// <inheritdoc/>
    public IReadOnlyList<(ConsensusKeyId Key, ushort Slot)> VotersAt(int level)
    {
        var voters = new List<(ConsensusKeyId, ushort)>();
        for (ushort slot = 0; slot < settings.Committee && voters.Count < own.Length; slot++)
        {
            var owner = OwnerOf(level, slot);
            if (IsOwn(owner) && !voters.Exists(voter => voter.Item1 == _ids[owner]))
                voters.Add((_ids[owner], slot));
        }

        return voters;
    }
}

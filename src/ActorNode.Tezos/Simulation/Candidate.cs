using ActorNode.Tezos.Baking;
using ActorNode.Tezos.Chain;

namespace ActorNode.Tezos.Simulation;

/// <summary>A proposal and the votes for it, counted in slots.</summary>
internal sealed class Candidate(BlockInfo info, int proposer, int[] powers)
{
    private readonly HashSet<int> _preattested = [];
    private readonly HashSet<int> _attested = [];

    public BlockInfo Info => info;

    public int Proposer => proposer;

    public int Preattested { get; private set; }

    public int Attested { get; private set; }

    /// <summary>The own node hears of the others' attestations too late.</summary>
    public bool QuorumIsLate { get; init; }

    /// <summary>False: the delegate has voted already.</summary>
    public bool Count(VoteKind kind, int @delegate)
    {
        if (!(kind == VoteKind.Preattestation ? _preattested : _attested).Add(@delegate))
            return false;
        if (kind == VoteKind.Preattestation)
            Preattested += powers[@delegate];
        else
            Attested += powers[@delegate];
        return true;
    }
}

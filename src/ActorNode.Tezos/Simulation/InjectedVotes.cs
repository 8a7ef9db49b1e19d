using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Hashes;

namespace ActorNode.Tezos.Simulation;

/// <summary>What was sent of each delegate, kind, level and round: a second one with other content is what slashing punishes.</summary>
internal sealed class InjectedVotes
{
    private const int Levels = 100;

    private readonly SortedDictionary<int, Dictionary<(int Delegate, VoteKind? Kind, int Round), Hash32>> _byLevel = [];

    public enum Verdict
    {
        New,
        Known,
        Double,
    }

    public Verdict Add(int proposer, int level, int round, BlockHash block) => Add(level, (proposer, null, round), block.Value);

    public Verdict Add(int voter, ConsensusVote vote) => Add(vote.Level, (voter, vote.Kind, vote.Round), Blake2b.Hash256(vote.Encode()));

    private Verdict Add(int level, (int, VoteKind?, int) duty, Hash32 content)
    {
        if (!_byLevel.TryGetValue(level, out var duties))
            _byLevel.Add(level, duties = []);
        // Older ones would be outdated before they could do harm.
        if (_byLevel.Count > Levels)
            _byLevel.Remove(_byLevel.First().Key);
        if (duties.TryAdd(duty, content))
            return Verdict.New;
        return duties[duty] == content ? Verdict.Known : Verdict.Double;
    }
}

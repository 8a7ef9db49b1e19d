using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Baking;
using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Tests.Support;
using Xunit;

namespace ActorNode.Tezos.Tests.Baking;

/// <summary>What a baker does when, of a key that proposes in odd rounds, and in round 0 of even levels.</summary>
public sealed class BakerAutomatonSpec
{
    private static readonly ConsensusKeyId Key = new("mv1");
    private static readonly RoundDurations Durations = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5));
    private static readonly BlockInfo Genesis = new(new(Some.Hash(9)), new(Some.Hash(9)), 4, 0, DateTimeOffset.UnixEpoch.AddSeconds(990), new(Some.Hash(9)), 0);

    private readonly BakerAutomaton _automaton = new(new Rights(), Durations, ForgeAhead: TimeSpan.FromSeconds(2));
    private BakerState _state = new(Genesis);
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch.AddSeconds(1_000);

    [Fact(DisplayName = "A proposal of the current round cancels what waits and has both votes signed at once")]
    public void Proposal()
    {
        var block = Block(round: 0, payload: 1);
        Assert.Equal(Votes(block), Step(new BakerEvent.NewHead(block, Genesis)));
        Assert.Equal(BakerPhase.AwaitingPreattestations, _state.Phase);
    }

    [Fact(DisplayName = "Nothing is asked for twice: the same proposal again, another of the same round, one of the past, one of the future")]
    public void Not_twice()
    {
        var block = Block(round: 0, payload: 1);
        Step(new BakerEvent.NewHead(block, Genesis));
        Assert.Empty(Step(new BakerEvent.NewHead(block, Genesis)));
        Assert.Empty(Step(new BakerEvent.NewHead(Block(round: 0, payload: 2), Genesis)));
        Assert.Empty(Step(new BakerEvent.NewHead(Block(round: 2, payload: 2), Genesis)));
        Assert.Empty(Step(new BakerEvent.NewHead(Genesis, Genesis)));
    }

    [Fact(DisplayName = "An own round after one without a proposal is proposed for, with a payload of its own")]
    public void Proposes()
    {
        Assert.Equal(Durations.Start(Genesis, 1), _automaton.NextTick(_state));
        var block = Assert.IsType<BakerAction.ForgeBlock>(Assert.Single(At(Durations.Start(Genesis, 1))));
        Assert.Equal(new BakerAction.ForgeBlock(Key, Genesis, 1, Durations.Start(Genesis, 1), Again: null), block);
        Assert.Empty(Step(BakerEvent.Tick.Instance));
    }

    [Fact(DisplayName = "An own round after a prequorum proposes the same payload again")]
    public void Proposes_again()
    {
        var block = Block(round: 0, payload: 1);
        Step(new BakerEvent.NewHead(block, Genesis));
        Step(new BakerEvent.PrequorumReached(block.Hash));
        var again = Assert.IsType<BakerAction.ForgeBlock>(Assert.Single(At(Durations.Start(Genesis, 1))));
        Assert.Equal(new Reproposal(block.PayloadHash, PayloadRound: 0, PrequorumRound: 0), again.Again);
    }

    [Fact(DisplayName = "A pause that outlasts rounds proposes for the round that it is, and no other")]
    public void Pause()
    {
        Assert.Equal(3, Assert.IsType<BakerAction.ForgeBlock>(Assert.Single(At(Durations.Start(Genesis, 3).AddSeconds(1)))).Round);
        Assert.Equal(3, _state.Round);
    }

    [Fact(DisplayName = "Locked: another payload is not voted for until its prequorum, then attested; with a newer prequorum it is voted for at once")]
    public void Locks()
    {
        var block = Block(round: 0, payload: 1);
        Step(new BakerEvent.NewHead(block, Genesis));
        Step(new BakerEvent.PrequorumReached(block.Hash));
        At(Durations.Start(Genesis, 2));
        var other = Block(round: 2, payload: 2);
        Assert.Empty(Step(new BakerEvent.NewHead(other, Genesis)));
        Assert.Equal([new BakerAction.ForgeVotes(VoteKind.Attestation, other)], Step(new BakerEvent.PrequorumReached(other.Hash)));

        At(Durations.Start(Genesis, 4));
        var old = Block(round: 4, payload: 1) with { PrequorumRound = 0 };
        Assert.Empty(Step(new BakerEvent.NewHead(old, Genesis)));
        At(Durations.Start(Genesis, 6));
        var newer = Block(round: 6, payload: 1) with { PrequorumRound = 4 };
        Assert.Equal(Votes(newer), Step(new BakerEvent.NewHead(newer, Genesis)));
    }

    [Fact(DisplayName = "The same payload in a later round is voted for although the baker is locked")]
    public void Locked_on_the_same()
    {
        var block = Block(round: 0, payload: 1);
        Step(new BakerEvent.NewHead(block, Genesis));
        Step(new BakerEvent.PrequorumReached(block.Hash));
        At(Durations.Start(Genesis, 2));
        var again = Block(round: 2, payload: 1) with { PrequorumRound = 0, PayloadRound = 0 };
        Assert.Equal(Votes(again), Step(new BakerEvent.NewHead(again, Genesis)));
    }

    [Fact(DisplayName = "A quorum: the own round 0 of the next level is asked for ahead of its time, once, and a later own round if nobody proposes")]
    public void Next_level()
    {
        var block = Elect();
        var start = Durations.Start(block, 0);
        Assert.Equal(start.AddSeconds(-2), _automaton.NextTick(_state));
        Assert.Equal([new BakerAction.ForgeBlock(Key, block, 0, start, null)], At(start.AddSeconds(-2)));
        Assert.DoesNotContain(At(start), action => action is BakerAction.ForgeBlock);
        Assert.Equal([new BakerAction.ForgeBlock(Key, block, 1, Durations.Start(block, 1), null)], At(Durations.Start(block, 1)));
    }

    [Fact(DisplayName = "A head on another branch, or of the next level, begins anew; what was known of the level below is of no use")]
    public void Branches()
    {
        var block = Elect();
        At(Durations.Start(block, 0));
        var child = new BlockInfo(new(Some.Hash(50)), block.Hash, 6, 0, Durations.Start(block, 0), new(Some.Hash(51)), 0);
        Assert.Equal(Votes(child), Step(new BakerEvent.NewHead(child, block)));
        Assert.Null(_state.Lock);
        Assert.Null(_state.Elected);
        Assert.Equal(6, _state.Level);

        var parent = block with { Hash = new(Some.Hash(60)) };
        var other = child with { Hash = new(Some.Hash(61)), PredecessorHash = parent.Hash, PayloadHash = new(Some.Hash(62)) };
        Assert.Equal(Votes(other), Step(new BakerEvent.NewHead(other, parent)));
    }

    [Fact(DisplayName = "Attestations: kept before the prequorum, sent at it and after it, discarded when the round ended without one or the proposal is another")]
    public void Attestations()
    {
        var block = Block(round: 0, payload: 1);
        Step(new BakerEvent.NewHead(block, Genesis));
        var (early, late) = (Signed(block, slot: 1), Signed(block, slot: 2));
        Assert.Empty(Step(new BakerEvent.VoteSigned(early)));
        Assert.Equal([new BakerAction.InjectVote(early)], Step(new BakerEvent.PrequorumReached(block.Hash)));
        Assert.Equal([new BakerAction.InjectVote(late)], Step(new BakerEvent.VoteSigned(late)));

        At(Durations.Start(Genesis, 2));
        var next = Block(round: 2, payload: 1) with { PrequorumRound = 0 };
        Step(new BakerEvent.NewHead(next, Genesis));
        Assert.Equal([new BakerAction.DiscardVote(late)], Step(new BakerEvent.VoteSigned(late)));
        Assert.Empty(Step(new BakerEvent.VoteSigned(Signed(next, slot: 1))));
        At(Durations.Start(Genesis, 4));
        var tooLate = Signed(next, slot: 2);
        Assert.Equal([new BakerAction.DiscardVote(tooLate)], Step(new BakerEvent.VoteSigned(tooLate)));
        Assert.Empty(_state.EarlyAttestations);
    }

    [Fact(DisplayName = "A preattestation is sent whatever has happened since")]
    public void Preattestations()
    {
        var vote = Signed(Block(round: 0, payload: 1), slot: 1, VoteKind.Preattestation);
        At(Durations.Start(Genesis, 2));
        Assert.Equal([new BakerAction.InjectVote(vote)], Step(new BakerEvent.VoteSigned(vote)));
    }

    private BlockInfo Elect()
    {
        var block = Block(round: 0, payload: 1);
        Step(new BakerEvent.NewHead(block, Genesis));
        Step(new BakerEvent.PrequorumReached(block.Hash));
        Step(new BakerEvent.QuorumReached(block.Hash));
        return block;
    }

    private BakerAction[] At(DateTimeOffset now)
    {
        _now = now;
        return Step(BakerEvent.Tick.Instance);
    }

    private BakerAction[] Step(BakerEvent happened)
    {
        (_state, var actions) = _automaton.Step(_state, happened, _now);
        return [.. actions];
    }

    private static BakerAction[] Votes(BlockInfo block) =>
        [BakerAction.CancelPending.Instance, new BakerAction.ForgeVotes(VoteKind.Preattestation, block), new BakerAction.ForgeVotes(VoteKind.Attestation, block)];

    private static BlockInfo Block(int round, byte payload) => new(
        new(Some.Hash((byte)(10 * round + payload))), Genesis.Hash, 5, round, Durations.Start(Genesis, round), new PayloadHash(Some.Hash(payload)), round);

    private static SignedVote Signed(BlockInfo block, ushort slot, VoteKind kind = VoteKind.Attestation)
    {
        var vote = new ConsensusVote(kind, block.PredecessorHash, slot, block.Level, block.Round, block.PayloadHash);
        return new SignedVote(Key, vote, new SignedOperation(vote.Encode(), Signature.FromBytes(null, new byte[Signature.Length])));
    }

    private sealed class Rights : IBakingRights
    {
        public ConsensusKeyId? ProposerAt(int level, int round) => round % 2 == 1 || (round == 0 && level % 2 == 0) ? Key : null;

        public IReadOnlyList<(ConsensusKeyId Key, ushort Slot)> VotersAt(int level) => [(Key, 0)];
    }
}

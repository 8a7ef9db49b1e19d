using System.Collections.Immutable;
using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Chain;

namespace ActorNode.Tezos.Baking;

/// <summary>
/// The rules of a Tenderbake baker: what it votes for, when it proposes, what it sends. Pure: no clock, no I/O. It knows no watermark: what it
/// asks for twice the forge worker refuses.
/// </summary>
/// <param name="Rights">Which duties are its own.</param>
/// <param name="Durations">When rounds begin.</param>
/// <param name="ForgeAhead">So long before its time the first block of a level is asked for.</param>
public sealed record BakerAutomaton(IBakingRights Rights, RoundDurations Durations, TimeSpan ForgeAhead)
{
    /// <summary>The next own round is looked for among so many.</summary>
    private const int Horizon = 64;

    /// <summary>The state after an event, and what is to be done.</summary>
    public (BakerState State, ImmutableArray<BakerAction> Actions) Step(BakerState state, BakerEvent happened, DateTimeOffset now)
    {
        var actions = ImmutableArray.CreateBuilder<BakerAction>();
        state = Bake(CatchUp(state, now, actions), now, actions);
        state = happened switch
        {
            BakerEvent.NewHead head => OnHead(state, head, now, actions),
            BakerEvent.PrequorumReached prequorum => OnPrequorum(state, prequorum, actions),
            BakerEvent.QuorumReached quorum => Bake(OnQuorum(state, quorum), now, actions),
            BakerEvent.VoteSigned signed => OnVote(state, signed.Vote, actions),
            BakerEvent.BlockSigned signed => OnBlock(state, signed, actions),
            _ => state,
        };
        return (state, actions.ToImmutable());
    }

    /// <summary>When to say <see cref="BakerEvent.Tick"/> if nothing happens before.</summary>
    public DateTimeOffset NextTick(BakerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var roundEnds = Durations.Start(state.Predecessor, state.Round + 1);
        return NextBlock(state) is { } block && block.At < roundEnds ? block.At : roundEnds;
    }

    /// <summary>
    /// Ends rounds that are over, and proposes at the level again where it is the baker's turn. A level that has its block gets no other: the
    /// next level's rounds have begun.
    /// </summary>
    private BakerState CatchUp(BakerState state, DateTimeOffset now, ImmutableArray<BakerAction>.Builder actions)
    {
        var round = Durations.At(state.Predecessor, now);
        if (round <= state.Round)
            return state;
        state = state with { Round = round, Phase = BakerPhase.Idle, AwaitsUnlock = false, EarlyAttestations = [] };
        if (state.Elected is null && Rights.ProposerAt(state.Level, round) is { } key)
        {
            var again = state.Attestable is { } block ? new Reproposal(block.PayloadHash, block.PayloadRound, block.PrequorumRound!.Value) : null;
            actions.Add(new BakerAction.ForgeBlock(key, state.Predecessor, round, Durations.Start(state.Predecessor, round), again));
        }

        return state;
    }

    /// <summary>Proposes at the next level when it is time to.</summary>
    private BakerState Bake(BakerState state, DateTimeOffset now, ImmutableArray<BakerAction>.Builder actions)
    {
        if (state.Elected is not { } elected)
            return state;
        var past = Durations.At(elected, now);
        if (past > state.NextLevelRound)
            state = state with { NextLevelRound = past };
        if (NextBlock(state) is not { } next || next.At > now)
            return state;
        actions.Add(new BakerAction.ForgeBlock(next.Key, elected, next.Round, Durations.Start(elected, next.Round), Again: null));
        return state with { NextLevelRound = next.Round + 1 };
    }

    private (ConsensusKeyId Key, int Round, DateTimeOffset At)? NextBlock(BakerState state)
    {
        if (state.Elected is not { } elected)
            return null;
        for (var round = state.NextLevelRound; round < state.NextLevelRound + Horizon; round++)
        {
            if (Rights.ProposerAt(elected.Level + 1, round) is { } key)
                return (key, round, Durations.Start(elected, round) - (round == 0 ? ForgeAhead : TimeSpan.Zero));
        }

        return null;
    }

    private BakerState OnHead(BakerState state, BakerEvent.NewHead head, DateTimeOffset now, ImmutableArray<BakerAction>.Builder actions)
    {
        var block = head.Block;
        if (block.Level < state.Level)
            return state;
        // A new level, or another branch: what was known of the one before is worth nothing, except the lock of the level.
        if (block.Level > state.Level || block.PredecessorHash != state.Predecessor.Hash)
            state = new BakerState(head.Predecessor) { Round = Durations.At(head.Predecessor, now), Lock = block.Level == state.Level ? state.Lock : null };
        if (block.Round > state.Round || (state.Proposal is { } known && known.Round >= block.Round))
            // From the future; or known; or the second of a proposer who proposes two.
            return state;
        if (block.PrequorumRound is not null)
            state = state with { Attestable = block };
        return block.Round < state.Round ? state with { Proposal = block } : OnProposal(state with { Proposal = block }, block, actions);
    }

    private static BakerState OnProposal(BakerState state, BlockInfo block, ImmutableArray<BakerAction>.Builder actions)
    {
        state = state with { Phase = BakerPhase.AwaitingPreattestations, EarlyAttestations = [] };
        if (state.Lock is { } locked && locked.Payload != block.PayloadHash && !(block.PrequorumRound > locked.Round))
            return state with { AwaitsUnlock = true };
        actions.Add(BakerAction.CancelPending.Instance);
        actions.Add(new BakerAction.ForgeVotes(VoteKind.Preattestation, block));
        // At once, not at the prequorum: a slow signer has the whole round for both.
        actions.Add(new BakerAction.ForgeVotes(VoteKind.Attestation, block));
        return state with { AwaitsUnlock = false };
    }

    private static BakerState OnPrequorum(BakerState state, BakerEvent.PrequorumReached prequorum, ImmutableArray<BakerAction>.Builder actions)
    {
        if (state.Phase != BakerPhase.AwaitingPreattestations || state.Proposal is not { } block || block.Hash != prequorum.Block)
            return state;
        if (state.AwaitsUnlock)
            actions.Add(new BakerAction.ForgeVotes(VoteKind.Attestation, block));
        foreach (var vote in state.EarlyAttestations)
            actions.Add(new BakerAction.InjectVote(vote));
        return state with
        {
            Phase = BakerPhase.AwaitingAttestations,
            Lock = (block.Round, block.PayloadHash),
            Attestable = block with { PrequorumRound = block.Round },
            AwaitsUnlock = false,
            EarlyAttestations = [],
        };
    }

    private static BakerState OnQuorum(BakerState state, BakerEvent.QuorumReached quorum) =>
        state.Proposal is { } block && block.Hash == quorum.Block ? state with { Phase = BakerPhase.Idle, Elected = block } : state;

    private static BakerState OnVote(BakerState state, SignedVote signed, ImmutableArray<BakerAction>.Builder actions)
    {
        var vote = signed.Vote;
        if (vote.Kind == VoteKind.Preattestation)
        {
            actions.Add(new BakerAction.InjectVote(signed));
            return state;
        }

        var isCurrent = state.Proposal is { } block && (vote.Level, vote.Round, vote.PayloadHash) == (block.Level, block.Round, block.PayloadHash);
        // Never before the prequorum: that is what makes a quorum final.
        if (isCurrent && state.Phase == BakerPhase.AwaitingPreattestations)
            return state with { EarlyAttestations = state.EarlyAttestations.Add(signed) };
        var hasPrequorum = state.Attestable is { PrequorumRound: { } round } && round == vote.Round;
        actions.Add(isCurrent && hasPrequorum ? new BakerAction.InjectVote(signed) : new BakerAction.DiscardVote(signed));
        return state;
    }

    private static BakerState OnBlock(BakerState state, BakerEvent.BlockSigned signed, ImmutableArray<BakerAction>.Builder actions)
    {
        actions.Add(new BakerAction.InjectBlock(signed.Header, DateTimeOffset.FromUnixTimeSeconds(signed.Header.Header.Shell.Timestamp)));
        return state;
    }
}

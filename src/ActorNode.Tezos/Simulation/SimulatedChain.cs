using System.Collections.Immutable;
using ActorNode.Tezos.Baking;
using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Requests;

namespace ActorNode.Tezos.Simulation;

/// <summary>
/// A Tenderbake chain as one node sees it: rounds that begin by the clock, proposers and voters that are somebody else's and not always there, quorums
/// by slots, now and then a quorum that this node learns of too late, so that it follows the wrong branch for a while. Own blocks and votes come from
/// outside and must keep every rule: nothing that breaks one counts, and all of it is reported. Pure: it knows the time that it is told. One caller
/// at a time.
/// </summary>
public sealed class SimulatedChain
{
    private const double ProposalDelay = 0.05;
    private const double VoteDelay = 0.05;
    private const double DelaySpread = 0.15;
    private const double LateChildDelay = 0.5;

    private readonly ChainSettings _settings;
    private readonly Committee _committee;
    private readonly PriorityQueue<Due, (DateTimeOffset At, long Number)> _due = new();
    private readonly InjectedVotes _injected = new();
    private readonly List<string> _violations = [];
    private readonly int[] _blocks;
    private readonly int[] _preattestations;
    private readonly int[] _attestations;
    private BlockInfo _base;
    private BlockInfo? _elected;
    private BlockInfo? _attestable;
    private Candidate? _head;
    private readonly ImmutableArray<BakerEvent>.Builder _news = ImmutableArray.CreateBuilder<BakerEvent>();
    private DateTimeOffset _now;
    private long _number;
    private int _lostRounds;
    private int _reorganisations;
    private int _outdated;

    /// <param name="settings">What it is like.</param>
    /// <param name="committee">Who takes part.</param>
    /// <param name="genesis">When level 1 begins; its seconds count.</param>
    public SimulatedChain(ChainSettings settings, Committee committee, DateTimeOffset genesis)
    {
        ArgumentNullException.ThrowIfNull(committee);
        _settings = settings;
        _committee = committee;
        _blocks = new int[committee.Count];
        _preattestations = new int[committee.Count];
        _attestations = new int[committee.Count];
        var start = DateTimeOffset.FromUnixTimeSeconds(genesis.ToUnixTimeSeconds());
        var name = new BlockHash(Blake2b.Hash256([(byte)settings.Seed]));
        _now = start;
        _base = new BlockInfo(name, name, Level: 0, Round: 0, start - settings.Durations.Of(0), new PayloadHash(name.Value), PayloadRound: 0);
        Schedule(start, new Due.Round(_base, 0));
    }

    /// <summary>When something happens next by itself.</summary>
    public DateTimeOffset NextDue => _due.TryPeek(out _, out var next) ? next.At : DateTimeOffset.MaxValue;

    public ChainStatus Status
    {
        get
        {
            var below = _elected ?? _base;
            return new(
                below.Level + 1,
                _settings.Durations.At(below, _now),
                _head?.Info.Level ?? _base.Level,
                _lostRounds,
                _reorganisations,
                _outdated,
                [.. Enumerable.Range(0, _committee.Own.Length).Select(i => new DelegateCounts(_blocks[i], _preattestations[i], _attestations[i]))],
                [.. _violations]);
        }
    }

    /// <summary>What a baker that begins now has to hear: the level's predecessor, and what happened since.</summary>
    public (BlockInfo Predecessor, ImmutableArray<BakerEvent> News) Catchup()
    {
        var news = ImmutableArray.CreateBuilder<BakerEvent>();
        if (_head is { } head)
        {
            news.Add(new BakerEvent.NewHead(head.Info, _base));
            if (HasPrequorum(head))
                news.Add(new BakerEvent.PrequorumReached(head.Info.Hash));
            if (_elected?.Hash == head.Info.Hash)
                news.Add(new BakerEvent.QuorumReached(head.Info.Hash));
        }

        return (_base, news.ToImmutable());
    }

    /// <summary>Lets the time pass: everything that is due by then happens, in order. Returns what bakers hear.</summary>
    public ImmutableArray<BakerEvent> Advance(DateTimeOffset now)
    {
        while (_due.TryPeek(out var due, out var at) && at.At <= now)
        {
            _due.Dequeue();
            // Everything happens at its own time, however late this is called.
            _now = at.At > _now ? at.At : _now;
            Happen(due);
        }

        _now = now > _now ? now : _now;
        return Told();
    }

    /// <summary>An own block arrives.</summary>
    public (Injection Result, ImmutableArray<BakerEvent> News) Inject(SignedBlockHeader signed)
    {
        ArgumentNullException.ThrowIfNull(signed);
        BlockInfo info;
        try
        {
            info = SimulatedHeader.InfoOf(signed);
        }
        catch (TezosFormatException malformed)
        {
            return (Violation($"a block: {malformed.Message}"), Told());
        }

        return (Inject(signed, info), Told());
    }

    /// <summary>An own vote arrives.</summary>
    public (Injection Result, ImmutableArray<BakerEvent> News) Inject(ConsensusVote vote, Signature signature)
    {
        ArgumentNullException.ThrowIfNull(vote);
        return (Take(vote, signature), Told());
    }

    private Injection Inject(SignedBlockHeader signed, BlockInfo info)
    {
        var proposer = _committee.Proposer(info.Level, info.Round);
        var what = $"a block of level {info.Level}, round {info.Round}";
        if (!_committee.IsOwn(proposer))
            return Violation($"{what}: the round is not its proposer's");
        if (!_committee.KeyOf(proposer).Verify(SignerPayload.Of(_settings.Chain, signed.Header), signed.Signature))
            return Violation($"{what}: is not signed by its proposer");
        if (!ProofOfWork.IsProven(signed.Header, _settings.WorkThreshold))
            return Violation($"{what}: proves no work");
        if (info.Timestamp > _now)
            return Violation($"{what}: is from the future, {info.Timestamp:O} at {_now:O}");
        switch (_injected.Add(proposer, info.Level, info.Round, info.Hash))
        {
            case InjectedVotes.Verdict.Double:
                return Violation($"{what}: is the second of its proposer");
            case InjectedVotes.Verdict.Known:
                return Injection.Known;
        }

        var below = _elected ?? _base;
        if (info.PredecessorHash != below.Hash || _settings.Durations.At(below, _now) != info.Round)
            return Outdated();
        if (info.Timestamp != _settings.Durations.Start(below, info.Round))
            return Violation($"{what}: its time is {info.Timestamp:O}, the round's {_settings.Durations.Start(below, info.Round):O}");
        if (_elected is null && _attestable is { } locked && info.PayloadHash != locked.PayloadHash)
            return Outdated();
        Adopt(info, proposer);
        return Injection.Accepted;
    }

    private Injection Take(ConsensusVote vote, Signature signature)
    {
        var what = $"a {vote.Kind.ToString().ToLowerInvariant()} of level {vote.Level}, round {vote.Round}, slot {vote.Slot}";
        if (_committee.VoterWith(vote.Level, vote.Slot) is not { } voter || !_committee.IsOwn(voter))
            return Violation($"{what}: nobody's first slot");
        if (!_committee.KeyOf(voter).Verify(SignerPayload.Of(_settings.Chain, vote), signature))
            return Violation($"{what}: is not signed by its delegate");
        switch (_injected.Add(voter, vote))
        {
            case InjectedVotes.Verdict.Double:
                return Violation($"{what}: is the second of its delegate");
            case InjectedVotes.Verdict.Known:
                return Injection.Known;
        }

        if (_head is not { } head || !IsInItsRound(head) || (vote.Level, vote.Round, vote.PayloadHash, vote.Branch) != (head.Info.Level, head.Info.Round, head.Info.PayloadHash, head.Info.PredecessorHash))
            return Outdated();
        if (vote.Kind == VoteKind.Attestation && !HasPrequorum(head))
            return Violation($"{what}: comes before the prequorum");
        Count(head, vote.Kind, voter);
        return Injection.Accepted;
    }

    private void Happen(Due due)
    {
        switch (due)
        {
            case Due.Round(var predecessor, var round) when IsDecidedOn(predecessor):
                OnRound(predecessor, round);
                break;
            case Due.Proposal(var predecessor, var round) when IsDecidedOn(predecessor):
                Adopt(Block(predecessor, round), _committee.Proposer(predecessor.Level + 1, round));
                break;
            case Due.Vote(var candidate, var kind, var voter) when candidate == _head && IsInItsRound(candidate):
                Count(candidate, kind, voter);
                break;
            case Due.LateChild(var candidate) when _base.Hash == candidate.Info.PredecessorHash:
                OnLateChild(candidate);
                break;
        }
    }

    /// <summary>Whether the next block of the chain builds on this one.</summary>
    private bool IsDecidedOn(BlockInfo predecessor) => (_elected ?? _base).Hash == predecessor.Hash;

    private void OnRound(BlockInfo predecessor, int round)
    {
        if (round > 0)
            _lostRounds++;
        Schedule(_settings.Durations.Start(predecessor, round + 1), new Due.Round(predecessor, round + 1));
        var level = predecessor.Level + 1;
        if (!_committee.IsOwn(_committee.Proposer(level, round)) && Chance.Of(_settings.Seed, level, round, 1) >= _settings.MissedProposals)
            Schedule(_now + Delay(ProposalDelay, level, round, 2), new Due.Proposal(predecessor, round));
    }

    /// <summary>A block arrives: votes for it may begin.</summary>
    private void Adopt(BlockInfo info, int proposer)
    {
        if (_elected is { } elected)
        {
            _blocks[_head!.Proposer]++;
            (_base, _elected, _attestable) = (elected, null, null);
        }

        _head = new Candidate(info, proposer, _committee.PowersAt(info.Level)) { QuorumIsLate = IsLate(info) };
        _news.Add(new BakerEvent.NewHead(info, _base));
        ScheduleVotes(_head, VoteKind.Preattestation);
        if (_head.QuorumIsLate)
            Schedule(_settings.Durations.Start(info, 0) + _settings.Durations.First * LateChildDelay, new Due.LateChild(_head));
    }

    private void ScheduleVotes(Candidate candidate, VoteKind kind)
    {
        var info = candidate.Info;
        for (var voter = _committee.Own.Length; voter < _committee.Count; voter++)
        {
            if (Chance.Of(_settings.Seed, info.Level, info.Round, 3, (int)kind, voter) >= _settings.MissedVotes)
                Schedule(_now + Delay(VoteDelay, info.Level, info.Round, 4 + voter), new Due.Vote(candidate, kind, voter));
        }
    }

    private void Count(Candidate candidate, VoteKind kind, int voter)
    {
        var hadPrequorum = HasPrequorum(candidate);
        if (!candidate.Count(kind, voter))
            return;
        (kind == VoteKind.Preattestation ? _preattestations : _attestations)[voter]++;
        if (!hadPrequorum && HasPrequorum(candidate))
        {
            _attestable = candidate.Info with { PrequorumRound = candidate.Info.Round };
            _news.Add(new BakerEvent.PrequorumReached(candidate.Info.Hash));
            if (!candidate.QuorumIsLate)
                ScheduleVotes(candidate, VoteKind.Attestation);
        }
        else if (_elected is null && candidate.Attested >= _settings.Threshold)
        {
            Elect(candidate.Info, round: 0);
            _news.Add(new BakerEvent.QuorumReached(candidate.Info.Hash));
        }
    }

    private void Elect(BlockInfo block, int round)
    {
        _elected = block;
        Schedule(_settings.Durations.Start(block, round), new Due.Round(block, round));
    }

    /// <summary>
    /// A block of the next level shows that a quorum was there which this node did not see: whatever was proposed at the level since is left.
    /// </summary>
    private void OnLateChild(Candidate parent)
    {
        if (!HasPrequorum(parent) || _elected?.Hash == parent.Info.Hash)
            return;
        if (_head != parent)
            _reorganisations++;
        // The round is half over; the next one comes by itself.
        Elect(parent.Info, round: 1);
        _head = parent;
        Adopt(Block(parent.Info, 0), _committee.Proposer(parent.Info.Level + 1, 0));
    }

    private bool IsLate(BlockInfo info) =>
        !_committee.IsOwn(_committee.Proposer(info.Level + 1, 0)) && Chance.Of(_settings.Seed, info.Level, info.Round, 5) < _settings.LateQuorums;

    private bool HasPrequorum(Candidate candidate) => candidate.Preattested >= _settings.Threshold;

    private bool IsInItsRound(Candidate candidate) => _settings.Durations.At(_base, _now) == candidate.Info.Round;

    private BlockInfo Block(BlockInfo predecessor, int round)
    {
        var again = _elected is null && _attestable is { } block ? new Reproposal(block.PayloadHash, block.PayloadRound, block.PrequorumRound!.Value) : null;
        var header = SimulatedHeader.Of(predecessor, round, _settings.Durations.Start(predecessor, round), again);
        // Nobody looks at the signatures of others.
        return SimulatedHeader.InfoOf(new SignedBlockHeader(header, Signature.FromBytes(null, new byte[Signature.Length])));
    }

    private TimeSpan Delay(double least, int level, int round, int what) =>
        _settings.Durations.First * (least + DelaySpread * Chance.Of(_settings.Seed, level, round, what));

    private void Schedule(DateTimeOffset at, Due due) => _due.Enqueue(due, (at, _number++));

    private Injection Outdated()
    {
        _outdated++;
        return Injection.Outdated;
    }

    private Injection Violation(string what)
    {
        _violations.Add(what);
        return Injection.Invalid;
    }

    private ImmutableArray<BakerEvent> Told()
    {
        var told = _news.ToImmutable();
        _news.Clear();
        return told;
    }

    /// <summary>What happens by itself, at its time, where it still matters then.</summary>
    private abstract record Due
    {
        public sealed record Round(BlockInfo Predecessor, int Number) : Due;

        public sealed record Proposal(BlockInfo Predecessor, int Number) : Due;

        public sealed record Vote(Candidate Candidate, VoteKind Kind, int Voter) : Due;

        public sealed record LateChild(Candidate Parent) : Due;
    }
}

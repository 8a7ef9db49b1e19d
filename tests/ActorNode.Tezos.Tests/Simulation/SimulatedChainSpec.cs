using System.Collections.Immutable;
using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Baking;
using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Requests;
using ActorNode.Tezos.Signers;
using ActorNode.Tezos.Simulation;
using ActorNode.Tezos.Tests.Support;
using Xunit;

namespace ActorNode.Tezos.Tests.Simulation;

public sealed class SimulatedChainSpec : IDisposable
{
    private static readonly DateTimeOffset Genesis = DateTimeOffset.UnixEpoch.AddDays(20_000);

    private readonly ImmutableArray<SigningKey> _keys = [Some.Key(network: Network.Mavryk), Some.Key(KeyType.Secp256k1, Network.Mavryk), Some.Key(KeyType.P256, Network.Mavryk)];

    public void Dispose()
    {
        foreach (var key in _keys)
            key.Dispose();
    }

    [Theory(DisplayName = "A baker whose signers are slow, and at times away, keeps every rule of the chain for hundreds of levels, with lost rounds and reorganisations")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Bakes(int seed)
    {
        var settings = new ChainSettings { Seed = seed };
        var world = new World(settings, _keys);
        world.Run(Genesis.AddMinutes(8));
        var status = world.Chain.Status;

        Assert.Empty(status.Violations);
        Assert.True(status.Head > 150, $"level {status.Head}");
        Assert.True(status.LostRounds > 0);
        Assert.True(status.Reorganisations > 0);
        Assert.All(status.Own, own =>
        {
            Assert.True(own.Blocks > 0);
            Assert.True(own.Preattestations > 50);
            Assert.True(own.Attestations > 50);
        });
    }

    [Fact(DisplayName = "The same seed makes the same chain")]
    public void Deterministic()
    {
        static ChainStatus Run(int seed, ImmutableArray<SigningKey> keys)
        {
            var world = new World(new ChainSettings { Seed = seed }, keys);
            world.Run(Genesis.AddMinutes(2));
            return world.Chain.Status;
        }

        Assert.Equivalent(Run(7, _keys), Run(7, _keys), strict: true);
        Assert.NotEqual(Summary(Run(7, _keys)), Summary(Run(8, _keys)));

        static string Summary(ChainStatus status) => $"{status.Head} {status.LostRounds} {status.Reorganisations} {string.Join(" ", status.Own)}";
    }

    [Fact(DisplayName = "Alone the others have no quorum when too many slots are the own ones: rounds are lost, the level stays")]
    public void Needs_own_votes()
    {
        var chain = new SimulatedChain(new ChainSettings { OtherBakers = 2 }, Committee(new ChainSettings { OtherBakers = 2 }), Genesis);
        chain.Advance(Genesis.AddMinutes(1));
        Assert.Equal(1, chain.Status.Level);
        Assert.True(chain.Status.LostRounds > 5);
    }

    [Fact(DisplayName = "Reported: a second vote, a vote before the prequorum, with another's slot or another's signature")]
    public void Bad_votes()
    {
        var settings = new ChainSettings { MissedProposals = 0, LateQuorums = 0 };
        var committee = Committee(settings);
        var chain = new SimulatedChain(settings, committee, Genesis);
        var block = NextHead(chain, committee);
        var (key, slot) = committee.VotersAt(block.Level)[0];
        var vote = new ConsensusVote(VoteKind.Preattestation, block.PredecessorHash, slot, block.Level, block.Round, block.PayloadHash);

        Assert.Equal(Injection.Accepted, Send(chain, vote, key));
        Assert.Equal(Injection.Known, Send(chain, vote, key));
        Assert.Equal(Injection.Invalid, Send(chain, vote with { PayloadHash = new(Some.Hash(1)) }, key));
        Assert.Equal(Injection.Invalid, Send(chain, vote with { Kind = VoteKind.Attestation }, key));
        Assert.Equal(Injection.Invalid, Send(chain, vote with { Slot = (ushort)settings.Committee }, key));
        Assert.Equal(Injection.Invalid, chain.Inject(vote with { Round = 5 }, SignatureOf(vote, key)).Result);
        Assert.Equal(Injection.Outdated, Send(chain, vote with { Round = 6 }, key));

        Assert.Equal(4, chain.Status.Violations.Length);
        Assert.Collection(
            chain.Status.Violations,
            second => Assert.EndsWith("is the second of its delegate", second, StringComparison.Ordinal),
            early => Assert.EndsWith("comes before the prequorum", early, StringComparison.Ordinal),
            slots => Assert.EndsWith("nobody's first slot", slots, StringComparison.Ordinal),
            signature => Assert.EndsWith("is not signed by its delegate", signature, StringComparison.Ordinal));
    }

    [Fact(DisplayName = "Reported: a second block, a block of another's round, from the future, without work or with another's signature")]
    public void Bad_blocks()
    {
        var settings = new ChainSettings { MissedProposals = 1, LateQuorums = 0 };
        var committee = Committee(settings);
        var chain = new SimulatedChain(settings, committee, Genesis);
        var below = chain.Catchup().Predecessor;
        var round = Enumerable.Range(1, 50).First(i => committee.ProposerAt(1, i) is not null);
        var others = Enumerable.Range(0, 50).First(i => committee.ProposerAt(1, i) is null);
        var key = committee.ProposerAt(1, round)!.Value;
        var start = settings.Durations.Start(below, round);
        var header = ProofOfWork.Prove(SimulatedHeader.Of(below, round, start, null), settings.WorkThreshold, CancellationToken.None);
        chain.Advance(start.AddMilliseconds(-1));
        Assert.Contains("is from the future", ViolationOf(header), StringComparison.Ordinal);
        chain.Advance(start);
        Assert.EndsWith("the round is not its proposer's", ViolationOf(SimulatedHeader.Of(below, others, start, null)), StringComparison.Ordinal);
        var lazy = header;
        while (ProofOfWork.IsProven(lazy, settings.WorkThreshold))
            lazy = lazy with { ProtocolData = lazy.ProtocolData with { ProofOfWorkNonce = lazy.ProtocolData.ProofOfWorkNonce + 1 } };
        Assert.EndsWith("proves no work", ViolationOf(lazy), StringComparison.Ordinal);
        Assert.EndsWith("is not signed by its proposer", ViolationOf(header, signer: committee.Own.First(own => own != key)), StringComparison.Ordinal);

        Assert.Equal(Injection.Accepted, Send(header, key));
        Assert.Equal(Injection.Known, Send(header, key));
        var second = ProofOfWork.Prove(header with { Shell = header.Shell with { ValidationPass = 3 } }, settings.WorkThreshold, CancellationToken.None);
        Assert.EndsWith("is the second of its proposer", ViolationOf(second), StringComparison.Ordinal);

        Injection Send(BlockHeader block, ConsensusKeyId with) =>
            chain.Inject(new SignedBlockHeader(block, KeyOf(with).Sign(SignerPayload.Of(settings.Chain, block)))).Result;

        string ViolationOf(BlockHeader block, ConsensusKeyId? signer = null)
        {
            Assert.Equal(Injection.Invalid, Send(block, signer ?? key));
            return chain.Status.Violations[^1];
        }
    }

    private Committee Committee(ChainSettings settings) => new(settings, [.. _keys.Select(key => key.PublicKey)], Network.Mavryk);

    private static BlockInfo NextHead(SimulatedChain chain, Committee committee)
    {
        while (true)
        {
            var heads = chain.Advance(chain.NextDue).OfType<BakerEvent.NewHead>();
            if (heads.FirstOrDefault() is { } head && committee.VotersAt(head.Block.Level).Count > 0)
                return head.Block;
        }
    }

    private Injection Send(SimulatedChain chain, ConsensusVote vote, ConsensusKeyId key) => chain.Inject(vote, SignatureOf(vote, key)).Result;

    private Signature SignatureOf(ConsensusVote vote, ConsensusKeyId key) => KeyOf(key).Sign(SignerPayload.Of(new ChainSettings().Chain, vote));

    private SigningKey KeyOf(ConsensusKeyId id) => _keys.Single(key => key.Hash.Id == id);

    /// <summary>A chain, a baker and signers, in virtual time. No forge worker: nothing keeps the baker from asking twice but itself.</summary>
    private sealed class World
    {
        private readonly ChainSettings _settings;
        private readonly ImmutableArray<SigningKey> _keys;
        private readonly BakerAutomaton _automaton;
        private readonly PriorityQueue<object, (DateTimeOffset, int)> _later = new();
        private readonly Random _random;
        private BakerState _state;
        private DateTimeOffset _now = Genesis;
        private int _number;

        public World(ChainSettings settings, ImmutableArray<SigningKey> keys)
        {
            _settings = settings;
            _keys = keys;
            _random = new Random(settings.Seed);
            var committee = new Committee(settings, [.. keys.Select(key => key.PublicKey)], Network.Mavryk);
            Chain = new SimulatedChain(settings, committee, Genesis);
            _automaton = new BakerAutomaton(committee, settings.Durations, settings.Durations.First * 0.15);
            _state = new BakerState(Chain.Catchup().Predecessor);
        }

        public SimulatedChain Chain { get; }

        public void Run(DateTimeOffset until)
        {
            while (_now < until)
            {
                var tick = _automaton.NextTick(_state);
                var next = _later.TryPeek(out _, out var at) ? at.Item1 : DateTimeOffset.MaxValue;
                var due = new[] { tick, next, Chain.NextDue }.Min();
                _now = due > _now ? due : _now;
                if (next <= _now)
                    Happen(_later.Dequeue());
                Tell(Chain.Advance(_now));
                Step(BakerEvent.Tick.Instance);
            }
        }

        private void Happen(object what)
        {
            switch (what)
            {
                case BakerEvent signed:
                    Step(signed);
                    break;
                case SignedBlockHeader header:
                    Tell(Chain.Advance(_now));
                    Tell(Chain.Inject(header).News);
                    break;
            }
        }

        private void Tell(ImmutableArray<BakerEvent> news)
        {
            foreach (var happened in news)
                Step(happened);
        }

        private void Step(BakerEvent happened)
        {
            (_state, var actions) = _automaton.Step(_state, happened, _now);
            foreach (var action in actions)
                Do(action);
        }

        private void Do(BakerAction action)
        {
            switch (action)
            {
                case BakerAction.ForgeVotes votes when IsThere():
                    foreach (var (key, slot) in _automaton.Rights.VotersAt(votes.Proposal.Level))
                        Sign(key, votes.Kind, votes.Proposal, slot);
                    break;
                case BakerAction.ForgeBlock block when IsThere():
                    var header = ProofOfWork.Prove(
                        SimulatedHeader.Of(block.Predecessor, block.Round, block.Timestamp, block.Again), _settings.WorkThreshold, CancellationToken.None);
                    var signed = new SignedBlockHeader(header, KeyOf(block.Key).Sign(SignerPayload.Of(_settings.Chain, header)));
                    Later(new BakerEvent.BlockSigned(block.Key, signed));
                    break;
                case BakerAction.InjectVote { Vote: var vote }:
                    Tell(Chain.Inject(vote.Vote, vote.Operation.Signature).News);
                    break;
                case BakerAction.InjectBlock block:
                    _later.Enqueue(block.Header, (block.At > _now ? block.At : _now, _number++));
                    break;
            }
        }

        private void Sign(ConsensusKeyId key, VoteKind kind, BlockInfo block, ushort slot)
        {
            var vote = new ConsensusVote(kind, block.PredecessorHash, slot, block.Level, block.Round, block.PayloadHash);
            var operation = new SignedOperation(vote.Encode(), KeyOf(key).Sign(SignerPayload.Of(_settings.Chain, vote)));
            Later(new BakerEvent.VoteSigned(new SignedVote(key, vote, operation)));
        }

        /// <summary>A signature takes up to half a round, mostly far less.</summary>
        private void Later(BakerEvent signed) => _later.Enqueue(signed, (_now + _settings.Durations.First * Math.Pow(_random.NextDouble(), 3) * 0.5, _number++));

        private bool IsThere() => _random.Next(20) > 0;

        private SigningKey KeyOf(ConsensusKeyId id) => _keys.Single(key => key.Hash.Id == id);
    }
}

using ActorNode.Forging;
using ActorNode.Forging.Delegates;
using ActorNode.Keyed;
using ActorNode.Protocol.Forging;
using ActorNode.Server.Sandbox.Baking;
using ActorNode.Tezos.Baking;
using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Requests;
using ActorNode.Tezos.Signers;
using ActorNode.Tezos.Simulation;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit;

namespace ActorNode.Server.Tests.Sandbox.Baking;

/// <summary>
/// The baker with a real forge worker, in virtual time, between a signer and a chain that the test plays. Two keys: alice proposes in rounds 1 and
/// 3 of a level and in round 0 of level 3; both vote.
/// </summary>
public sealed class BakerActorSpec : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly RoundDurations Durations = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5));
    private static readonly TimeSpan ForgeAhead = TimeSpan.FromSeconds(2);
    private static readonly ChainSettings Settings = new() { Durations = Durations };

    private readonly SigningKey _alice = new(SecretKey.Generate(KeyType.Ed25519), Network.Mavryk, "alice");
    private readonly SigningKey _bob = new(SecretKey.Generate(KeyType.P256), Network.Mavryk, "bob");
    private readonly HeldSigner _signer;
    private readonly TestProbe _chain;
    private readonly BlockInfo _genesis;
    private readonly IActorRef _baker;

    public BakerActorSpec()
        : base("""
            akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
            akka.loglevel = WARNING
            akka.test.single-expect-default = 60s
            akka.test.default-timeout = 60s
            akka.persistence.journal.plugin = "akka.persistence.journal.inmem"
            akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
            """)
    {
        // A header's time has no parts of a second.
        Scheduler.Advance(TimeSpan.FromTicks(TimeSpan.TicksPerSecond - Scheduler.Now.Ticks % TimeSpan.TicksPerSecond));
        _genesis = new BlockInfo(
            new(Some(9)), new(Some(9)), Level: 0, Round: 0, Scheduler.Now.ToUniversalTime() - Durations.Of(0), new PayloadHash(Some(9)), PayloadRound: 0);
        _signer = new HeldSigner(_alice, _bob);
        _chain = CreateTestProbe();
        var clock = new SchedulerClock(Sys.Scheduler);
        var settings = new ForgingSettings { SigningTimeout = null };
        var context = new DelegateContext(new SigningCalls(_signer), Reader: null, settings, clock, new Random(1));
        var delegates = Sys.ActorOf(KeyedSupervisorActor.Props(
            "delegates", new DelegateExtractor(DelegateExtractor.DefaultShards), key => DelegateActor.Props(new ConsensusKeyId(key), context), DelegateActor.Stop.Instance));
        var worker = Sys.ActorOf(ForgeWorkerActor.Props(new ForgingPorts(_signer, new HeaderPreparer(Settings)), delegates, context, CreateTestProbe()));
        _baker = Sys.ActorOf(BakerActor.Props(
            worker, _chain, new BakerAutomaton(new Rights(_alice.Hash.Id, _bob.Hash.Id), Durations, ForgeAhead), Settings.Chain, clock));
        _chain.ExpectMsg<ChainProtocol.Watch>();
        _baker.Tell(new ChainProtocol.Watching(_genesis, []), _chain);
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact(DisplayName = "An attestation that is signed before the prequorum is kept until it; what is signed later is sent at once")]
    public async Task Keeps_early_attestations()
    {
        var block = Proposal(_genesis, round: 0, fill: 1);
        _baker.Tell(new BakerEvent.NewHead(block, _genesis));
        await SignAsync(_alice, SignRequestKind.Preattestation, 1, 0);
        await SentAsync(VoteKind.Preattestation, _alice, block);
        await SignAsync(_alice, SignRequestKind.Attestation, 1, 0);
        await HeardAsync(report => report.Of(_alice.Hash.Id).Attestations == 1);
        await _chain.ExpectNoMsgAsync(TimeSpan.Zero);

        _baker.Tell(new BakerEvent.PrequorumReached(block.Hash));
        await SentAsync(VoteKind.Attestation, _alice, block);
        await SignAsync(_bob, SignRequestKind.Preattestation, 1, 0);
        await SentAsync(VoteKind.Preattestation, _bob, block);
        await SignAsync(_bob, SignRequestKind.Attestation, 1, 0);
        await SentAsync(VoteKind.Attestation, _bob, block);
    }

    [Fact(DisplayName = "A new proposal drops the attestations that were kept for the one before, and those for it that are signed yet are discarded")]
    public async Task Drops_attestations_of_yesterday()
    {
        var first = Proposal(_genesis, round: 0, fill: 1);
        _baker.Tell(new BakerEvent.NewHead(first, _genesis));
        await SignAsync(_alice, SignRequestKind.Preattestation, 1, 0);
        await SentAsync(VoteKind.Preattestation, _alice, first);
        await SignAsync(_alice, SignRequestKind.Attestation, 1, 0);
        await SignAsync(_bob, SignRequestKind.Preattestation, 1, 0);
        await SentAsync(VoteKind.Preattestation, _bob, first);
        var late = await _signer.NextAsync(_bob, SignRequestKind.Attestation, 1, 0);
        await HeardAsync(report => report.Of(_alice.Hash.Id).Attestations == 1);

        // Round 1 is alice's: her block is asked for, and let be. Round 2 has another proposal.
        Scheduler.Advance(Durations.Of(0) + Durations.Of(1));
        var second = Proposal(_genesis, round: 2, fill: 2);
        _baker.Tell(new BakerEvent.NewHead(second, _genesis));
        await SignAsync(_alice, SignRequestKind.Preattestation, 1, 2);
        await SentAsync(VoteKind.Preattestation, _alice, second);
        late.Sign();
        await HeardAsync(report => report.Discarded == 1);
        _baker.Tell(new BakerEvent.PrequorumReached(second.Hash));
        await SignAsync(_alice, SignRequestKind.Attestation, 1, 2);
        // Of the first proposal there is none before it.
        await SentAsync(VoteKind.Attestation, _alice, second);
        await SignAsync(_bob, SignRequestKind.Preattestation, 1, 2);
        await SentAsync(VoteKind.Preattestation, _bob, second);
        await SignAsync(_bob, SignRequestKind.Attestation, 1, 2);
        await SentAsync(VoteKind.Attestation, _bob, second);
    }

    [Fact(DisplayName = "While a key's block is still being signed its votes wait behind it; the other key's early attestation is kept, and sent without it")]
    public async Task Votes_while_a_block_is_signed()
    {
        var first = Proposal(_genesis, round: 0, fill: 1);
        _baker.Tell(new BakerEvent.NewHead(first, _genesis));
        foreach (var key in new[] { _alice, _bob })
        {
            await SignAsync(key, SignRequestKind.Preattestation, 1, 0);
            await SentAsync(VoteKind.Preattestation, key, first);
            await SignAsync(key, SignRequestKind.Attestation, 1, 0);
        }

        await HeardAsync(report => report.Held == 0 && report.All.Attestations == 2);
        Scheduler.Advance(Durations.Of(0));
        var block = await _signer.NextAsync(_alice, SignRequestKind.Block, 1, 1);
        // The others had a quorum for the first proposal and went on: a block of the next level shows it.
        var child = Proposal(first, round: 0, fill: 2);
        _baker.Tell(new BakerEvent.NewHead(child, first));
        await SignAsync(_bob, SignRequestKind.Preattestation, 2, 0);
        await SentAsync(VoteKind.Preattestation, _bob, child);
        await SignAsync(_bob, SignRequestKind.Attestation, 2, 0);
        await HeardAsync(report => report.Of(_bob.Hash.Id).Attestations == 2);
        Assert.False(_signer.IsAsked(_alice));
        await _chain.ExpectNoMsgAsync(TimeSpan.Zero);
        _baker.Tell(new BakerEvent.PrequorumReached(child.Hash));
        await SentAsync(VoteKind.Attestation, _bob, child);

        block.Sign();
        Assert.Equal((1, 1), LevelRound(await _chain.ExpectMsgAsync<ChainProtocol.InjectBlock>()));
        await SignAsync(_alice, SignRequestKind.Preattestation, 2, 0);
        await SentAsync(VoteKind.Preattestation, _alice, child);
        await SignAsync(_alice, SignRequestKind.Attestation, 2, 0);
        await SentAsync(VoteKind.Attestation, _alice, child);
    }

    [Fact(DisplayName = "A block that is signed before its time waits for it, to the millisecond; one that is late is sent at once")]
    public async Task Blocks_wait_for_their_time()
    {
        var second = await ElectedAsync(await ElectedAsync(_genesis, fill: 1), fill: 2);
        // Alice proposes at level 3: forged ahead of its time.
        var start = Durations.Start(second, 0);
        Advance(start - ForgeAhead);
        await SignAsync(_alice, SignRequestKind.Block, 3, 0);
        await HeardAsync(report => report.Of(_alice.Hash.Id).Blocks == 1);
        Advance(start - TimeSpan.FromMilliseconds(1));
        await HeardAsync(report => report.Held == 0);
        await _chain.ExpectNoMsgAsync(TimeSpan.Zero);

        Advance(start);
        var sent = await _chain.ExpectMsgAsync<ChainProtocol.InjectBlock>();
        Assert.Equal((3, 0), LevelRound(sent));
        Assert.Equal(start, DateTimeOffset.FromUnixTimeSeconds(sent.Header.Header.Shell.Timestamp));
        Assert.Equal(second.Hash, sent.Header.Header.Shell.Predecessor);
        Assert.True(ProofOfWork.IsProven(sent.Header.Header, Settings.WorkThreshold));

        // Nobody voted for it; round 1 is alice's again, and her signer takes its time.
        Advance(Durations.Start(second, 1));
        var late = await _signer.NextAsync(_alice, SignRequestKind.Block, 3, 1);
        Advance(Durations.Start(second, 1) + TimeSpan.FromSeconds(3));
        late.Sign();
        Assert.Equal((3, 1), LevelRound(await _chain.ExpectMsgAsync<ChainProtocol.InjectBlock>()));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _signer.Dispose();
    }

    /// <summary>A level is decided in round 0.</summary>
    private async Task<BlockInfo> ElectedAsync(BlockInfo predecessor, byte fill)
    {
        var block = Proposal(predecessor, round: 0, fill);
        Advance(block.Timestamp);
        _baker.Tell(new BakerEvent.NewHead(block, predecessor));
        foreach (var key in new[] { _alice, _bob })
        {
            await SignAsync(key, SignRequestKind.Preattestation, block.Level, 0);
            await SentAsync(VoteKind.Preattestation, key, block);
        }

        _baker.Tell(new BakerEvent.PrequorumReached(block.Hash));
        foreach (var key in new[] { _alice, _bob })
        {
            await SignAsync(key, SignRequestKind.Attestation, block.Level, 0);
            await SentAsync(VoteKind.Attestation, key, block);
        }

        _baker.Tell(new BakerEvent.QuorumReached(block.Hash));
        await HeardAsync(report => report.Held == 0);
        return block;
    }

    private void Advance(DateTimeOffset to)
    {
        if (to > Scheduler.Now)
            Scheduler.Advance(to - Scheduler.Now);
    }

    private async Task SignAsync(SigningKey key, SignRequestKind kind, int level, int round) => (await _signer.NextAsync(key, kind, level, round)).Sign();

    /// <summary>The next thing that the chain is sent is this vote.</summary>
    private async Task SentAsync(VoteKind kind, SigningKey key, BlockInfo block)
    {
        var sent = await _chain.ExpectMsgAsync<ChainProtocol.InjectVote>();
        var slot = Rights.SlotOf(key == _alice ? 0 : 1);
        Assert.Equal(new ConsensusVote(kind, block.PredecessorHash, slot, block.Level, block.Round, block.PayloadHash), sent.Vote);
        Assert.True(key.PublicKey.Verify(SignerPayload.Of(Settings.Chain, sent.Vote), sent.Signature));
    }

    /// <summary>A phase barrier: the baker has heard of so much, and has done what follows from it.</summary>
    private async Task HeardAsync(Func<BakerProtocol.Report, bool> enough) => await AwaitConditionAsync(
        async () => enough(await _baker.Ask<BakerProtocol.Report>(BakerProtocol.GetReport.Instance, Patience)), Patience);

    private static (int, int) LevelRound(ChainProtocol.InjectBlock sent) => (sent.Header.Header.Shell.Level, sent.Header.Header.Shell.Fitness.Round());

    private static BlockInfo Proposal(BlockInfo predecessor, int round, byte fill) => new(
        new(Some(fill)), predecessor.Hash, predecessor.Level + 1, round, Durations.Start(predecessor, round), new PayloadHash(Some((byte)(fill + 100))), round);

    private static Hash32 Some(byte fill) => new(Enumerable.Repeat(fill, Hash32.Length).ToArray());

    private sealed class Rights(ConsensusKeyId alice, ConsensusKeyId bob) : IBakingRights
    {
        public static ushort SlotOf(int key) => (ushort)(key * 7);

        public ConsensusKeyId? ProposerAt(int level, int round) => round is 1 or 3 || (level, round) == (3, 0) ? alice : null;

        public IReadOnlyList<(ConsensusKeyId Key, ushort Slot)> VotersAt(int level) => [(alice, SlotOf(0)), (bob, SlotOf(1))];
    }
}

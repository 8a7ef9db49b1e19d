using System.Text;
using ActorNode.Forging;
using ActorNode.Forging.Delegates;
using ActorNode.Keyed;
using ActorNode.Protocol.Forging;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

namespace ActorNode.Tests.Forging.Support;

/// <summary>A forge worker with its delegates, in virtual time, over a journal in memory and a signer that the test plays.</summary>
public abstract class ForgingSpec() : TestKit(
    $$"""
    akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
    akka.loglevel = WARNING
    akka.test.single-expect-default = 60s
    akka.test.default-timeout = 60s
    {{FaultyJournal.Hocon}}
    """)
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    protected static readonly ChainName Chain = new("NetXdQprcVkpa");

    private SigningCalls? _calls;

    protected TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    protected JournalFaults Journal => JournalFaults.Of(Sys);

    protected IActorRef Worker { get; private set; } = ActorRefs.Nobody;

    protected IActorRef Delegates { get; private set; } = ActorRefs.Nobody;

    /// <summary>What the services actor would hear.</summary>
    protected TestProbe Services { get; private set; } = null!;

    /// <summary>Hears of every event of the worker.</summary>
    protected TestProbe Events { get; private set; } = null!;

    protected static ForgingSettings Settings { get; } = new()
    {
        MaxPending = 5,
        SigningTimeout = TimeSpan.FromSeconds(10),
        DutyDuration = TimeSpan.FromSeconds(9),
        MinBackoff = TimeSpan.FromSeconds(1),
        MaxBackoff = TimeSpan.FromSeconds(1),
        PassivateAfter = TimeSpan.FromMinutes(2),
        SnapshotEvery = 4,
    };

    /// <summary>Starts a worker; a second one is the node after a restart of its process.</summary>
    protected void Start(ISigner signer, IBlockPreparer? preparer = null, IPayloadReader? reader = null, ForgingSettings? settings = null)
    {
        settings ??= Settings;
        Services ??= CreateTestProbe();
        Events = CreateTestProbe();
        _calls = new SigningCalls(signer);
        var context = new DelegateContext(_calls, reader, settings, new SchedulerClock(Sys.Scheduler), new Random(1));
        Delegates = Sys.ActorOf(KeyedSupervisorActor.Props(
            "delegates", new DelegateExtractor(DelegateExtractor.DefaultShards), key => DelegateActor.Props(new ConsensusKeyId(key), context), DelegateActor.Stop.Instance));
        Worker = Sys.ActorOf(ForgeWorkerActor.Props(new ForgingPorts(signer, preparer, reader), Delegates, context, Services));
        Worker.Tell(new ForgeCommands.Subscribe(), Events);
        Events.ExpectMsg<ForgeReplies.Subscribed>();
    }

    /// <summary>The process dies: nobody is told anything.</summary>
    protected async Task CrashAsync()
    {
        var watcher = CreateTestProbe();
        foreach (var actor in new[] { Worker, Delegates })
        {
            watcher.Watch(actor);
            Sys.Stop(actor);
            await watcher.ExpectTerminatedAsync(actor, Patience);
        }
    }

    protected static ConsensusKeyId Key(string name) => new(name);

    protected static byte[] Bytes(string payload) => Encoding.UTF8.GetBytes(payload);

    protected static ForgeCommands.ForgeAndSignAttestations Attestations(string id, int level, int round, params string[] keys) => new(
        new ForgeRequestId(id), Chain, new LevelRound(level, round), [.. keys.Select(key => new ForgeCommands.Vote(Key(key), Bytes($"att {level}/{round}")))]);

    protected static ForgeCommands.ForgeAndSignPreattestations Preattestations(string id, int level, int round, params string[] keys) => new(
        new ForgeRequestId(id), Chain, new LevelRound(level, round), [.. keys.Select(key => new ForgeCommands.Vote(Key(key), Bytes($"pre {level}/{round}")))]);

    protected static ForgeCommands.ForgeAndSignBlock Block(string id, int level, int round, string key) => new(
        new ForgeRequestId(id), Key(key), Chain, new LevelRound(level, round), Bytes($"block {level}/{round}"));

    protected static ForgeCommands.SignPayload Payload(string id, ForgeKind kind, int level, int round, string key, string payload) => new(
        new ForgeRequestId(id), Key(key), kind, Chain, new LevelRound(level, round), Bytes(payload));

    /// <summary>A phase barrier: the delegate has dealt with what was sent before, and its watermarks are known.</summary>
    protected async Task<ForgeReplies.KeyState> StateAsync(string key)
    {
        var asker = CreateTestProbe();
        while (true)
        {
            Worker.Tell(new ForgeQueries.StateOf(Key(key)), asker);
            if (await asker.ExpectMsgAsync<object>(Patience) is ForgeReplies.KeyState state)
                return state;
            // Its delegate failed while it was asked.
        }
    }
}

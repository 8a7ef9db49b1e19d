using System.Collections.Immutable;
using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Baking;
using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Requests;
using ActorNode.Tezos.Simulation;
using Akka.Actor;

namespace ActorNode.Server.Sandbox.Baking;

/// <summary>
/// A baker as a client of the forge worker: what the automaton decides it asks for and sends; what is signed, refused or failed it hears as a
/// subscriber. It keeps no watermark and may ask twice, above all after a restart, of which it remembers nothing: the worker refuses.
/// </summary>
internal sealed class BakerActor : UntypedActor, IWithTimers
{
    /// <summary>Who asks.</summary>
    public const string Source = "sandbox-baker";

    private const int WithoutMagicAndChain = 1 + ChainId.Length;
    private const int MostStrays = 20;
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    private readonly IActorRef _worker;
    private readonly IActorRef _chain;
    private readonly BakerAutomaton _automaton;
    private readonly ChainId _chainId;
    private readonly ChainName _chainName;
    private readonly TimeProvider _clock;
    private readonly HashSet<(ForgeRequestId, ConsensusKeyId)> _held = [];
    private readonly Dictionary<string, BakerCounts> _counts = [];
    private readonly List<string> _strays = [];
    private readonly string _name = Guid.NewGuid().ToString("N")[..8];
    private BakerState? _state;
    private IActorRef? _stopper;
    private long _requests;
    private int _discarded;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="worker">The forge worker.</param>
    /// <param name="chain">The chain's node.</param>
    /// <param name="automaton">What to do.</param>
    /// <param name="chainId">The chain.</param>
    /// <param name="clock">The same as that of the timers.</param>
    public static Props Props(IActorRef worker, IActorRef chain, BakerAutomaton automaton, ChainId chainId, TimeProvider clock) =>
        Akka.Actor.Props.Create(() => new BakerActor(worker, chain, automaton, chainId, clock));

    public BakerActor(IActorRef worker, IActorRef chain, BakerAutomaton automaton, ChainId chainId, TimeProvider clock)
    {
        _worker = worker;
        _chain = chain;
        _automaton = automaton;
        _chainId = chainId;
        _chainName = new ChainName(chainId.ToString());
        _clock = clock;
    }

    protected override void PreStart()
    {
        _worker.Tell(new ForgeCommands.Subscribe(new ForgeFilter(Source: Source, Chain: _chainName)));
        _chain.Tell(ChainProtocol.Watch.Instance);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ChainProtocol.Watching watching:
                _state = new BakerState(watching.Predecessor);
                foreach (var happened in watching.News)
                    Step(happened);
                Step(BakerEvent.Tick.Instance);
                break;
            case BakerEvent happened:
                Step(happened);
                break;
            case ForgeReplies.Accepted accepted:
                _held.Add((accepted.Id, accepted.Key));
                break;
            case ForgeReplies.Rejected rejected:
                OnRejected(rejected);
                break;
            case IForgeEvent outcome:
                OnOutcome(outcome);
                break;
            case BlockDue due:
                Send(due.Header, due.At);
                break;
            case BakerProtocol.GetReport:
                Sender.Tell(Report());
                break;
            case BakerProtocol.Stop:
                _stopper = Sender;
                Timers.CancelAll();
                EndIfDone();
                break;
            case ForgeReplies.Subscribed or ForgeReplies.Cancelled:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Step(BakerEvent happened)
    {
        if (_state is null || _stopper is not null)
            return;
        (_state, var actions) = _automaton.Step(_state, happened, _clock.GetUtcNow());
        foreach (var action in actions)
            Do(action);
        var wait = _automaton.NextTick(_state) - _clock.GetUtcNow();
        Timers.StartSingleTimer(BakerEvent.Tick.Instance, BakerEvent.Tick.Instance, wait > Least ? wait : Least);
    }

    private void Do(BakerAction action)
    {
        switch (action)
        {
            case BakerAction.CancelPending:
                _worker.Tell(new ForgeCommands.CancelPending(Chain: _chainName, Source: Source));
                break;
            case BakerAction.ForgeVotes votes:
                Ask(votes);
                break;
            case BakerAction.ForgeBlock block:
                Ask(block);
                break;
            case BakerAction.InjectVote { Vote: var vote }:
                _chain.Tell(new ChainProtocol.InjectVote(vote.Vote, vote.Operation.Signature));
                break;
            case BakerAction.InjectBlock block:
                Send(block.Header, block.At);
                break;
            case BakerAction.DiscardVote:
                _discarded++;
                break;
        }
    }

    private void Ask(BakerAction.ForgeVotes votes)
    {
        var proposal = votes.Proposal;
        ImmutableArray<ForgeCommands.Vote> asked =
        [
            .. _automaton.Rights.VotersAt(proposal.Level).Select(voter => new ForgeCommands.Vote(voter.Key, SignerPayload.Of(
                _chainId, new ConsensusVote(votes.Kind, proposal.PredecessorHash, voter.Slot, proposal.Level, proposal.Round, proposal.PayloadHash)))),
        ];
        if (asked.IsEmpty)
            return;
        var at = new LevelRound(proposal.Level, proposal.Round);
        _worker.Tell(votes.Kind == VoteKind.Preattestation
            ? new ForgeCommands.ForgeAndSignPreattestations(NextId(), _chainName, at, asked) { Source = Source }
            : new ForgeCommands.ForgeAndSignAttestations(NextId(), _chainName, at, asked) { Source = Source });
    }

    private void Ask(BakerAction.ForgeBlock block)
    {
        var header = SimulatedHeader.Of(block.Predecessor, block.Round, block.Timestamp, block.Again);
        _worker.Tell(new ForgeCommands.ForgeAndSignBlock(NextId(), block.Key, _chainName, new LevelRound(header.Shell.Level, block.Round), header.Encode())
        {
            Source = Source,
        });
    }

    private void OnOutcome(IForgeEvent outcome)
    {
        var duty = outcome.Duty;
        if (!_held.Remove((duty.Id, duty.Key)) && _strays.Count < MostStrays)
            _strays.Add($"{outcome.GetType().Name} of {duty.Kind} of {duty.At} with {duty.Key}, which is not held");
        _counts[duty.Key.Value] = CountsOf(duty.Key).After(outcome);
        switch (outcome)
        {
            case ForgeEvents.BlockReady block:
                var header = BlockHeader.Decode(block.Payload.Span[WithoutMagicAndChain..]);
                Step(new BakerEvent.BlockSigned(duty.Key, new SignedBlockHeader(header, Signature.Parse(block.Signature))));
                break;
            case IForgeSuccess vote:
                var operation = new SignedOperation(vote.Payload[WithoutMagicAndChain..], Signature.Parse(vote.Signature));
                Step(new BakerEvent.VoteSigned(new SignedVote(duty.Key, ConsensusVote.Decode(operation.Unsigned.Span), operation)));
                break;
        }

        EndIfDone();
    }

    private void OnRejected(ForgeReplies.Rejected rejected)
    {
        var key = rejected.Key ?? new ConsensusKeyId("");
        _counts[key.Value] = CountsOf(key) with { Rejected = CountsOf(key).Rejected + 1 };
    }

    /// <summary>A block waits for its time: nobody takes it before.</summary>
    private void Send(SignedBlockHeader header, DateTimeOffset at)
    {
        var wait = at - _clock.GetUtcNow();
        if (wait <= TimeSpan.Zero)
            _chain.Tell(new ChainProtocol.InjectBlock(header));
        else
            Timers.StartSingleTimer(header, new BlockDue(header, at), wait > Least ? wait : Least);
    }

    private void EndIfDone()
    {
        if (_held.Count > 0)
            return;
        _stopper?.Tell(Report());
    }

    private BakerProtocol.Report Report() => new(_counts.ToImmutableSortedDictionary(StringComparer.Ordinal), _held.Count, _discarded, [.. _strays]);

    private BakerCounts CountsOf(ConsensusKeyId key) => _counts.GetValueOrDefault(key.Value, BakerCounts.None);

    private ForgeRequestId NextId() => new($"{_name}-{++_requests}");

    private sealed record BlockDue(SignedBlockHeader Header, DateTimeOffset At);
}

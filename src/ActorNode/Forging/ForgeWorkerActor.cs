using System.Collections.Immutable;
using ActorNode.Forging.Delegates;
using ActorNode.Protocol.Forging;
using ActorNode.Protocol.Messages;
using ActorNode.Protocol.Services;
using Akka;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;

namespace ActorNode.Forging;

/// <summary>
/// The way to the delegates: checks requests, fans batches out, tells subscribers what became of each duty, and stops all of it. Signs nothing
/// and knows no watermark.
/// <para>
/// Ordering: what one sender sends for one key reaches its delegate in that order, a batch before anything sent after it; a block that has to be
/// prepared arrives when it is. Events of one key come in the order of its duties, of several keys in any. Duplicates: none are made. Restart:
/// subscriptions last, and delegates go on.
/// </para>
/// </summary>
internal sealed class ForgeWorkerActor : UntypedActor, IWithTimers
{
    public const string ServiceName = "forging";

    /// <summary>Most messages that wait for the signers' first list of keys.</summary>
    private const int MaxEarly = 10_000;

    private static readonly TimeSpan MinRefresh = TimeSpan.FromSeconds(1);

    private readonly ForgingPorts _ports;
    private readonly IActorRef _delegates;
    private readonly DelegateContext _context;
    private readonly IActorRef _services;
    private readonly KeyBook _keys;
    private readonly ForgeSubscribers _subscribers;
    private readonly Queue<(object Message, IActorRef Sender)> _early = [];
    private readonly List<IActorRef> _stopWaiters = [];
    private IActorRef? _blocks;
    private bool _listing;
    private DateTimeOffset _listedAt;
    private ServiceState _reported = ServiceState.Starting;
    private Phase _phase;
    private ImmutableArray<ConsensusKeyId> _stuck = [];

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="ports">Where signatures and blocks come from.</param>
    /// <param name="delegates">The region of delegates.</param>
    /// <param name="context">What the delegates share.</param>
    /// <param name="services">Hears of the state of the service.</param>
    public static Props Props(ForgingPorts ports, IActorRef delegates, DelegateContext context, IActorRef services)
    {
        // Both outlive a failure of the worker: the delegates go on with what they hold, and somebody waits for it.
        var (keys, subscribers) = (new KeyBook(), new ForgeSubscribers());
        return Akka.Actor.Props.Create(() => new ForgeWorkerActor(ports, delegates, context, services, keys, subscribers));
    }

    public ForgeWorkerActor(ForgingPorts ports, IActorRef delegates, DelegateContext context, IActorRef services, KeyBook keys, ForgeSubscribers subscribers)
    {
        _keys = keys;
        _ports = ports;
        _delegates = delegates;
        _context = context;
        _services = services;
        _subscribers = subscribers;
    }

    private enum Phase : byte
    {
        Works,

        /// <summary>Takes no more requests.</summary>
        Refuses,

        /// <summary>Waits for what is being signed.</summary>
        Stops,
        Stopped,
    }

    protected override void PreStart()
    {
        if (_ports.Preparer is { } preparer)
            _blocks = Context.ActorOf(BlockPreparationActor.Props(preparer, _context.Settings), "blocks");
        Context.System.EventStream.Subscribe(Self, typeof(ForgeKeyEvents.KeyQuarantined));
        Context.System.EventStream.Subscribe(Self, typeof(ForgeKeyEvents.KeyReleased));
        Context.System.EventStream.Subscribe(Self, typeof(ForgeKeyEvents.WatermarksLost));
        Context.System.EventStream.Subscribe(Self, typeof(ForgeKeyEvents.WatermarksFound));
        _subscribers.Watch(Context);
        Refresh();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case IForgeRequest or ForgeCommands.CancelPending when !_keys.IsKnown && _keys.Problem is null && _early.Count < MaxEarly:
                // The signers are about to say which keys they have.
                _early.Enqueue((message, Sender));
                break;
            case IForgeRequest request:
                OnRequest(request, Sender);
                break;
            case ForgeTask task:
                Dispatch(task);
                break;
            case IForgeEvent outcome:
                OnOutcome(outcome);
                break;
            case TaskRejected rejected:
                _keys.Returned(rejected.Key);
                break;
            case ForgeCommands.CancelPending cancel:
                OnCancel(cancel, Sender);
                break;
            case ForgeCommands.Subscribe { Filter: not null } subscribe:
                _subscribers.Add(Context, Sender, subscribe.Filter);
                break;
            case ForgeCommands.Unsubscribe:
                _subscribers.Remove(Context, Sender);
                break;
            case ForgeCommands.ImportMarks or ForgeQueries.MarksOf or ForgeQueries.StateOf:
                OnAboutKey((IWithConsensusKey)message);
                break;
            case ForgeQueries.Keys:
                Sender.Tell(_keys.List());
                break;
            case KeysListed listed:
                OnListed(listed);
                break;
            case RefreshTick:
                Refresh();
                break;
            case ForgeKeyEvents.KeyQuarantined quarantined:
                _keys.Quarantined(quarantined.Key, true);
                break;
            case ForgeKeyEvents.KeyReleased released:
                _keys.Quarantined(released.Key, false);
                break;
            case ForgeKeyEvents.WatermarksLost lost:
                _keys.StoreLost(lost.Key, true);
                Report(lost.Error);
                break;
            case ForgeKeyEvents.WatermarksFound found:
                _keys.StoreLost(found.Key, false);
                Report(null);
                break;
            case StopAccepting:
                if (_phase == Phase.Works)
                    _phase = Phase.Refuses;
                Sender.Tell(Done.Instance);
                break;
            case ForgeCommands.Stop stop:
                OnStop(stop);
                break;
            case DeadlineTick:
                OnDeadline();
                break;
            case Terminated terminated when terminated.ActorRef.Equals(_delegates):
                OnDelegatesEnded();
                break;
            case Terminated terminated:
                _subscribers.Remove(Context, terminated.ActorRef);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnRequest(IForgeRequest request, IActorRef sender)
    {
        var rejected = ForgeRules.Check(request, _context.Settings);
        if (_phase != Phase.Works)
            rejected = new(request.Id, null, RejectReason.Stopping, "forging has stopped, or is about to");
        else if (rejected is null && !_keys.IsKnown)
            rejected = new(request.Id, null, RejectReason.NotReady, $"the signers have not listed their keys: {_keys.Problem ?? "not yet"}");
        if (rejected is not null)
        {
            Reject(rejected, sender);
            return;
        }

        switch (request)
        {
            case ForgeCommands.ForgeAndSignBlock block:
                OnBlock(block, sender);
                break;
            case ForgeCommands.ForgeAndSignPreattestations batch:
                foreach (var vote in batch.Votes)
                    OnVote(batch, vote, ForgeKind.Preattestation, batch.Chain, batch.At, batch.Force, sender);
                break;
            case ForgeCommands.ForgeAndSignAttestations batch:
                foreach (var vote in batch.Votes)
                    OnVote(batch, vote, ForgeKind.Attestation, batch.Chain, batch.At, batch.Force, sender);
                break;
            case ForgeCommands.SignPayload payload:
                OnPayload(payload, sender);
                break;
        }
    }

    private void OnBlock(ForgeCommands.ForgeAndSignBlock block, IActorRef sender)
    {
        if (!HasKey(block, block.Key, sender))
            return;
        if (_blocks is null)
            Dispatch(ForgeTask.Of(block, block.Content, default, Self, sender));
        else
            _blocks.Tell(block, sender);
    }

    private void OnVote(
        IForgeRequest batch, ForgeCommands.Vote vote, ForgeKind kind, ChainName chain, LevelRound at, bool force, IActorRef sender)
    {
        if (HasKey(batch, vote.Key, sender))
            Dispatch(new ForgeTask(new ForgeDuty(batch.Id, vote.Key, kind, chain, at, batch.Source), vote.Payload, default, WatermarkRule.Baker, force, Self, sender));
    }

    private void OnPayload(ForgeCommands.SignPayload payload, IActorRef sender)
    {
        if (!HasKey(payload, payload.Key, sender))
            return;
        var (chain, at) = payload.Kind == ForgeKind.Operation ? (new ChainName(""), default) : (payload.Chain, payload.At);
        var duty = new ForgeDuty(payload.Id, payload.Key, payload.Kind, chain, at, payload.Source);
        Dispatch(new ForgeTask(duty, payload.Payload, default, payload.Rule, Force: false, Self, sender) { RequesterWaits = true });
    }

    private bool HasKey(IForgeRequest request, ConsensusKeyId key, IActorRef sender)
    {
        if (_keys.Has(key))
            return true;
        Reject(new(request.Id, key, RejectReason.UnknownKey, $"no signer has the key {key}"), sender);
        // It may have been added since: whoever asks again soon finds it.
        if (!_listing && _context.Clock.GetUtcNow() - _listedAt >= MinRefresh)
            Refresh();
        return false;
    }

    private static void Reject(ForgeReplies.Rejected rejected, IActorRef sender)
    {
        ForgingMetrics.Rejected(rejected.Reason);
        sender.Tell(rejected);
    }

    /// <summary>To the delegate; blocks come here when they are prepared.</summary>
    private void Dispatch(ForgeTask task)
    {
        if (_phase >= Phase.Stops)
        {
            _subscribers.Tell(new ForgeEvents.ForgeCancelled(task.Duty));
            return;
        }

        _keys.Sent(task.Key);
        _delegates.Tell(task);
    }

    private void OnOutcome(IForgeEvent outcome)
    {
        // A block that was not prepared was never with its delegate.
        if (!Sender.Equals(_blocks))
            _keys.Returned(outcome.Duty.Key);
        _keys.Ended(outcome);
        _subscribers.Tell(outcome);
    }

    private void OnCancel(ForgeCommands.CancelPending cancel, IActorRef sender)
    {
        ImmutableArray<ConsensusKeyId> keys = [.. _keys.Busy.Where(key => cancel.Key is null || cancel.Key == key)];
        if (keys.IsEmpty || _phase >= Phase.Stops)
        {
            sender.Tell(new ForgeReplies.Cancelled([], []));
            return;
        }

        var gathers = Context.ActorOf(CancellationActor.Props(sender, keys, _context.Settings.CancelTimeout));
        // From here, so that what the sender sends next comes after it.
        foreach (var key in keys)
            _delegates.Tell(new CancelTasks(key, cancel), gathers);
    }

    private void OnAboutKey(IWithConsensusKey message)
    {
        if (TextRule.Problem(message.Key.Value) is { } problem)
            Sender.Tell(new ForgeReplies.MarksFailed(message.Key, $"key {problem}", Invalid: true));
        else if (_phase >= Phase.Stops)
            Sender.Tell(new ForgeReplies.MarksFailed(message.Key, "forging has stopped, or is about to", Invalid: false));
        else if (message is ForgeQueries.StateOf && _keys.IsKnown && !_keys.Has(message.Key))
            // Else a question about any text would start an actor for it.
            Sender.Tell(new ForgeReplies.MarksFailed(message.Key, $"no signer has the key {message.Key}", Invalid: true));
        else
            _delegates.Forward(message);
    }

    private void Refresh()
    {
        if (_listing || _phase >= Phase.Stops)
            return;
        _listing = true;
        Timers.Cancel(RefreshTick.Instance);
        var signer = _ports.Signer;
        Task.Run(async () => await signer.GetKeysAsync(CancellationToken.None).ConfigureAwait(false))
            .PipeTo(Self, success: keys => new KeysListed(keys, null), failure: error => new KeysListed([], error));
    }

    private void OnListed(KeysListed listed)
    {
        _listing = false;
        _listedAt = _context.Clock.GetUtcNow();
        Timers.StartSingleTimer(RefreshTick.Instance, RefreshTick.Instance, _context.Settings.KeyRefresh);
        if (listed.Error is null)
        {
            _keys.Listed(listed.Keys);
        }
        else
        {
            if (_keys.Problem is null)
                Context.GetLogger().Warning(listed.Error, "The signers do not list their keys");
            _keys.NotListed(listed.Error.GetBaseException().Message);
        }

        Report(_keys.Problem);
        while (_early.TryDequeue(out var early))
        {
            if (early.Message is IForgeRequest request)
                OnRequest(request, early.Sender);
            else
                OnCancel((ForgeCommands.CancelPending)early.Message, early.Sender);
        }
    }

    /// <summary>Ready once the keys are known; degraded while a key's watermarks, or the list of keys, cannot be had.</summary>
    private void Report(string? error)
    {
        if (_phase >= Phase.Stops)
            return;
        var state = _keys.Problem is not null || _keys.WithoutStore > 0 ? ServiceState.Degraded : _keys.IsKnown ? ServiceState.Ready : ServiceState.Starting;
        if (state != _reported)
            Tell(state, error);
    }

    private void Tell(ServiceState state, string? error = null)
    {
        _reported = state;
        _services.Tell(new ServiceCommands.Report(ServiceName, state, error));
    }

    private void OnStop(ForgeCommands.Stop stop)
    {
        if (_phase == Phase.Stopped)
        {
            Sender.Tell(new ForgeReplies.Stopped(_stuck));
            return;
        }

        _stopWaiters.Add(Sender);
        if (_phase != Phase.Stops)
        {
            _phase = Phase.Stops;
            Tell(ServiceState.Stopping);
            Timers.Cancel(RefreshTick.Instance);
            _blocks?.Tell(BlockPreparationActor.Stop.Instance);
            Context.Watch(_delegates);
            _delegates.Tell(GracefulShutdown.Instance);
        }

        if (stop.Deadline is { } deadline)
            Timers.StartSingleTimer(DeadlineTick.Instance, DeadlineTick.Instance, deadline);
    }

    private void OnDeadline()
    {
        if (_phase != Phase.Stops)
            return;
        _stuck = [.. _keys.Busy.OrderBy(key => key.Value, StringComparer.Ordinal)];
        Context.GetLogger().Error("Forging stops although {Count} keys have not ended what they sign: {Keys}", _stuck.Length, string.Join(", ", _stuck));
        _context.Calls.Abandon();
        // Their delegates tell what becomes of the duties, and the end of the region is the end of it.
        Context.Stop(_delegates);
    }

    private void OnDelegatesEnded()
    {
        _phase = Phase.Stopped;
        Timers.Cancel(DeadlineTick.Instance);
        Tell(ServiceState.Stopped);
        foreach (var waiter in _stopWaiters)
            waiter.Tell(new ForgeReplies.Stopped(_stuck));
        _stopWaiters.Clear();
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    /// <summary>Refuse every request from now on. Reply: <see cref="Done"/>.</summary>
    public sealed class StopAccepting
    {
        public static readonly StopAccepting Instance = new();
    }

    private sealed record KeysListed(ImmutableArray<SignerKey> Keys, Exception? Error);

    private sealed class RefreshTick
    {
        public static readonly RefreshTick Instance = new();
    }

    private sealed class DeadlineTick
    {
        public static readonly DeadlineTick Instance = new();
    }
}

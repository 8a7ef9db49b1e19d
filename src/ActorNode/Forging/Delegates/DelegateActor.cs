using System.Collections.Immutable;
using ActorNode.Forging.Watermarks;
using ActorNode.Protocol.Forging;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;

namespace ActorNode.Forging.Delegates;

/// <summary>
/// All that one consensus key signs goes through here: a bounded queue, one duty at a time. When a duty's turn comes its watermark is raised,
/// durably; then the signer is asked; then whoever asked is told.
/// <para>
/// Ordering: duties are signed in the order of arrival, whatever their kind. Duplicates: a second duty of the same level and round meets the
/// mark of the first. Restart of this actor or of the node: what was held is lost, and answered with <see cref="ForgeFailure.Interrupted"/> by a
/// restart of the actor alone; the marks are in the journal. A signer's call outlives this actor, and no other is made before it ends.
/// Fails closed: while the marks cannot be stored every duty is answered with a failure; they are read anew after a back-off.
/// </para>
/// </summary>
internal sealed class DelegateActor : UntypedActor, IWithTimers
{
    private readonly ConsensusKeyId _key;
    private readonly DelegateContext _context;
    private readonly DelegateQueue _queue;
    private readonly DelegateStore _store;

    /// <summary>Under way with the signer. It may be of no active duty: of one that timed out, or of an earlier incarnation.</summary>
    private SigningCall? _call;
    private bool _watching;
    private string? _lastError;
    private Ending _ending;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(ConsensusKeyId key, DelegateContext context) => Akka.Actor.Props.Create(() => new DelegateActor(key, context));

    public DelegateActor(ConsensusKeyId key, DelegateContext context)
    {
        _key = key;
        _context = context;
        _queue = new DelegateQueue(context.Settings.MaxPending);
        _store = new DelegateStore(key, context, Context);
        // What the delegate hears of its own duties does not count: each rearming makes a timer.
        SetReceiveTimeout(context.Settings.PassivateAfter);
    }

    private enum Ending : byte
    {
        None,

        /// <summary>Idle: finishes what came meanwhile.</summary>
        Leaving,

        /// <summary>The node stops: takes nothing more.</summary>
        Stopping,
    }

    protected override void PreStart()
    {
        _store.Start(Timers);
        if (_context.Calls.Find(_key) is not { } left)
            return;
        _call = left;
        left.Result.PipeTo(Self);
        Context.GetLogger().Warning("{Key} signs nothing until its signer has answered what it was asked for before: {Duty}", _key, left.Task.Duty);
        Quarantine(left);
        Watch(left);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ForgeTask task:
                OnTask(task);
                break;
            case WatermarkActor.Decided decided when _store.Decided(decided):
                OnDecided(decided.Decision);
                break;
            case SigningResult result when result.Call == _call:
                OnSigned(result);
                break;
            case SigningResult:
                // Of a call that was an earlier incarnation's, and heard of twice.
                break;
            case WatchTick:
                OnWatch();
                break;
            case WatermarkActor.Recorded when _store.Is(Sender):
                _store.Recorded();
                Proceed();
                break;
            case WatermarkActor.Recovered when _store.Is(Sender):
                _store.Recovered();
                Proceed();
                break;
            case WatermarkActor.StoreFailed failed when _store.Is(Sender):
                _store.Failed(failed.Error);
                break;
            case Terminated ended when _store.Is(ended.ActorRef):
                OnStoreEnded();
                break;
            case DelegateStore.ReopenTick:
                _store.Reopen();
                break;
            case CancelTasks cancel:
                Sender.Tell(new TasksCancelled(_key, Cancel(cancel.Scope)));
                break;
            case ForgeCommands.ImportMarks or ForgeQueries.MarksOf or ForgeQueries.StateOf:
                _store.Ask(message, Sender, State);
                break;
            case WatermarkActor.MarksAre or ForgeReplies.MarksImported when _store.Is(Sender):
                _store.Answer(message, State);
                Proceed();
                break;
            case WatermarkActor.Decided or WatermarkActor.Recorded or WatermarkActor.Recovered or WatermarkActor.StoreFailed
                or WatermarkActor.MarksAre or ForgeReplies.MarksImported or Terminated:
                // Of an earlier incarnation's watermarks: what they allowed, they allowed to another duty.
                break;
            case ReceiveTimeout:
                OnIdle();
                break;
            case Leave:
                _ending = Ending.Leaving;
                Proceed();
                break;
            case Stop:
                _ending = Ending.Stopping;
                Cancel(ForgeCommands.CancelPending.All);
                Proceed();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnTask(ForgeTask task)
    {
        if (_ending == Ending.Stopping)
            TaskAnswers.Reject(task, RejectReason.Stopping, "the node is shutting down");
        else if (_store.Error is { } error)
            TaskAnswers.Reject(task, RejectReason.WatermarksUnavailable, $"the watermarks of {_key} cannot be stored: {error}");
        else if (!TryRead(ref task, out var problem))
            TaskAnswers.Reject(task, RejectReason.Invalid, problem);
        else if (_queue.Add(task) is { } reason)
            TaskAnswers.Reject(task, reason, reason == RejectReason.Duplicate
                ? $"{_key} holds a {task.Duty.Kind.Name()} of request {task.Duty.Id} that is not done"
                : $"{_key} holds {_queue.Count} requests, which is its limit");
        else
        {
            TaskAnswers.Accept(task);
            Proceed();
        }
    }

    private bool TryRead(ref ForgeTask task, out string problem)
    {
        try
        {
            task = task with { PayloadHash = _context.HashOf(task) };
            problem = "";
            return true;
        }
        catch (FormatException wrong)
        {
            problem = wrong.Message;
            return false;
        }
    }

    /// <summary>Begins the next duty where nothing stands in its way, or ends.</summary>
    private void Proceed()
    {
        if (_queue.Active is null && _call is null && _store.IsReady && _queue.TryBegin())
        {
            var (duty, next) = (_queue.Active!.Duty, _queue.Active);
            _store.Raise(new MarkRequest(duty.Kind, duty.Chain, duty.At, next.PayloadHash, next.Rule, next.Force));
            return;
        }

        if (_ending == Ending.None)
            return;
        if (_call is null && _queue.IsIdle)
            _store.Flush();
        if (IsIdle)
            Context.Stop(Self);
    }

    private bool IsIdle => _call is null && _queue.IsIdle && _store.IsIdle;

    private void OnDecided(MarkDecision decision)
    {
        var task = _queue.Active!;
        switch (decision.Verdict)
        {
            case MarkVerdict.Raise or MarkVerdict.Sign:
                Sign(task);
                break;
            case MarkVerdict.Force:
                Context.GetLogger().Warning("Forced to sign {Duty} with {Key}: {Problem}", task.Duty, _key, decision.Refusal!.Text);
                Sign(task);
                break;
            case MarkVerdict.Stored:
                Finish(task.Done(decision.Signature!, stored: true));
                break;
            default:
                OnRefused(task, decision.Refusal!);
                break;
        }
    }

    private void OnRefused(ForgeTask task, MarkRefusal refusal)
    {
        if (task.Duty.Kind == ForgeKind.Block)
            Context.GetLogger().Warning("Potential double baking detected at level {Level}, round {Round} with {Key}", task.Duty.At.Level, task.Duty.At.Round, _key);
        Context.GetLogger().Error("{Key} does not sign the {Kind} of request {RequestId}: {Reason}", _key, task.Duty.Kind.Name(), task.Duty.Id, refusal.Text);
        _lastError = refusal.Text;
        Finish(new ForgeEvents.ForgeRefused(task.Duty, refusal.Code, refusal.Text));
    }

    private void Sign(ForgeTask task)
    {
        _call = _context.Calls.Start(task, _context.Clock.GetUtcNow());
        _call.Result.PipeTo(Self);
        if (!_watching)
            Watch(_call);
    }

    private void OnSigned(SigningResult result)
    {
        var call = result.Call;
        var took = _context.Clock.GetUtcNow() - call.StartedAt;
        _call = null;
        if (result.Signature is { } signature && call.Task.Duty.Kind != ForgeKind.Operation)
            _store.Keep(new MarkSigned(call.Task.Duty.Chain.Value, call.Task.Duty.Kind, call.Task.Duty.At.Level, call.Task.Duty.At.Round, call.Task.PayloadHash, signature));
        if (_queue.Active is { } active && active == call.Task)
        {
            ForgingMetrics.Called(took);
            Finish(result.Signature is null ? Failed(active, result.Failure, result.Error!) : active.Done(result.Signature));
            return;
        }

        Context.GetLogger().Info("The signer of {Key} answered after {Time} {Outcome}", _key, took, result.Signature is null ? "with an error" : "with a signature");
        Release();
        Proceed();
    }

    private ForgeEvents.ForgeFailed Failed(ForgeTask task, ForgeFailure reason, Exception error)
    {
        Context.GetLogger().Error(error, "{Key} could not sign the {Kind} of request {RequestId}: {Failure}", _key, task.Duty.Kind.Name(), task.Duty.Id, reason);
        _lastError = error.Message;
        return new ForgeEvents.ForgeFailed(task.Duty, reason, error.Message);
    }

    /// <summary>The active duty is done: says so and goes on.</summary>
    private void Finish(IForgeEvent outcome)
    {
        TaskAnswers.End(_queue.End(), outcome);
        Proceed();
    }

    private int Cancel(ForgeCommands.CancelPending scope)
    {
        var cancelled = _queue.Cancel(scope);
        foreach (var task in cancelled)
            TaskAnswers.End(task, new ForgeEvents.ForgeCancelled(task.Duty));
        return cancelled.Count;
    }

    /// <summary>
    /// Looks at the call when it is time for a warning, and after the last of several calls at what is not stored. One timer serves calls one
    /// after the other: most end before it fires.
    /// </summary>
    private void Watch(SigningCall call)
    {
        _watching = true;
        Timers.StartSingleTimer(WatchTick.Instance, WatchTick.Instance, CallWatch.Of(call, _context.Settings).UntilNext(_context.Clock.GetUtcNow()));
    }

    private void OnWatch()
    {
        _watching = false;
        if (_call is not { } call)
        {
            // No duty came that the last signature could have been stored with.
            _store.Flush();
            return;
        }

        var now = _context.Clock.GetUtcNow();
        var watch = CallWatch.Of(call, _context.Settings);
        if (watch.IsLate(now))
            Context.GetLogger().Warning("The signer of {Key} has not answered for {Time}: {Duty}", _key, now - call.StartedAt, call.Task.Duty);
        if (watch.IsTimedOut(now) && _queue.Active is { } active && active == call.Task)
        {
            Quarantine(call);
            _lastError = $"the signer did not answer within {watch.Timeout}";
            Finish(new ForgeEvents.ForgeFailed(active.Duty, ForgeFailure.SigningTimeout, _lastError));
        }

        Watch(call);
    }

    private void Quarantine(SigningCall call)
    {
        ForgingMetrics.Quarantined(1);
        Context.System.EventStream.Publish(new ForgeKeyEvents.KeyQuarantined(call.Task.Duty));
    }

    private void Release()
    {
        ForgingMetrics.Quarantined(-1);
        Context.System.EventStream.Publish(new ForgeKeyEvents.KeyReleased(_key));
    }

    /// <summary>Nobody signs: what is with the signer goes on, everything else is answered.</summary>
    private void OnStoreEnded()
    {
        var error = _store.Ended(State);
        if (_queue.Active is { } active && _call is null)
        {
            _queue.End();
            TaskAnswers.End(active, Lost(active, error));
        }

        foreach (var task in _queue.Cancel(ForgeCommands.CancelPending.All))
            TaskAnswers.End(task, Lost(task, error));
        Proceed();
    }

    private ForgeEvents.ForgeFailed Lost(ForgeTask task, string error)
    {
        _lastError = $"the watermarks of {_key} cannot be stored: {error}";
        return new ForgeEvents.ForgeFailed(task.Duty, ForgeFailure.WatermarksUnavailable, _lastError);
    }

    private ForgeReplies.KeyState State(ImmutableArray<Watermark> marks) => new(
        _key,
        _queue.Active?.Duty,
        _queue.Pending,
        _call is { } call && call.Task != _queue.Active ? call.Task.Duty : null,
        marks,
        _store.Error,
        _lastError);

    private void OnIdle()
    {
        if (IsIdle && _ending == Ending.None)
            Context.Parent.Tell(new Passivate(Leave.Instance));
    }

    /// <summary>What is held does not outlive this incarnation; its senders are told.</summary>
    protected override void PostStop()
    {
        if (_call is { } call && call.Task != _queue.Active)
            ForgingMetrics.Quarantined(-1);
        if (_queue.Active is not null)
            TaskAnswers.Interrupt(_queue.End());
        foreach (var task in _queue.Cancel(ForgeCommands.CancelPending.All))
            TaskAnswers.Interrupt(task);
        _store.Dispose();
    }

    /// <summary>The watermarks' actor stops itself when its journal fails. A failure of its own is no other: it ends, and a successor recovers.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        maxNrOfRetries: -1,
        withinTimeRange: System.Threading.Timeout.InfiniteTimeSpan,
        localOnlyDecider: _ => Directive.Stop);

    /// <summary>The node stops: drop what waits, finish what is with the signer, then end.</summary>
    public sealed class Stop
    {
        public static readonly Stop Instance = new();
    }

    /// <summary>Idle for long: finish what came since, then end.</summary>
    private sealed class Leave
    {
        public static readonly Leave Instance = new();
    }

    private sealed class WatchTick
    {
        public static readonly WatchTick Instance = new();
    }
}

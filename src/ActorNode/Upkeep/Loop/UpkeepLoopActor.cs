using System.Diagnostics;
using Akka.Actor;
using Akka.Event;

namespace ActorNode.Upkeep;

/// <summary>
/// LDK's thread: does one step after the other, in the order of <see cref="LoopStep"/>, on a thread of its own. What it decides is in
/// <see cref="LoopState"/>; here it is carried out.
/// <para>
/// Ordering: a step begins when the one before has ended, also where another actor does the work. Between two steps the mailbox is looked at,
/// which holds no work: signals only set a bit, so a stop waits for the step under way and for nothing else. It ends itself by an exception
/// when a critical object cannot be persisted or a step fails too often in a row; its owner starts another one, which begins with the startup.
/// </para>
/// </summary>
internal sealed class UpkeepLoopActor : ReceiveActor, IWithTimers
{
    private readonly UpkeepContext _context;
    private readonly UpkeepPorts _ports;
    private readonly LoopFamily _family;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly IActorRef _self;

    private LoopState _state;
    private long _stepStarted;

    /// <summary>The step under way has ended, or the wait is over: the next one begins with the message that is in the mailbox.</summary>
    private bool _continuing;

    /// <summary>A wake is in the mailbox: no other need be sent. Set on any thread.</summary>
    private int _wakeSent;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="context">Ports, settings and clock.</param>
    /// <param name="state">Where to begin.</param>
    /// <param name="family">Whom it works with.</param>
    public static Props Props(UpkeepContext context, LoopState state, LoopFamily family) =>
        Akka.Actor.Props.Create(() => new UpkeepLoopActor(context, state, family)).WithDispatcher(UpkeepDispatcherConfigurator.Loop);

    public UpkeepLoopActor(UpkeepContext context, LoopState state, LoopFamily family)
    {
        _context = context;
        _ports = context.Ports;
        _state = state;
        _family = family;
        _self = Self;
        Receive<Continue>(_ => Proceed());
        Receive<Wake>(_ => OnWake());
        Receive<IdleOver>(_ => Notice(_state.Woken()));
        Receive<TickTimer>(timer => Notice(_state.WithTimer(timer.Tick, timer.Epoch)));
        Receive<ClockGuardActor.Slept>(OnSlept);
        Receive<Stop>(_ => OnStop());
        Receive<Settled>(_ => EndStep(LoopStep.Settle));
        Receive<Delivered>(delivered => EndStep(LoopStep.Events, delivered.Error is { } error ? new UpkeepFailedException(error, null) : null));
        Receive<PersistenceWriterActor.Persisted>(OnPersisted);
        Receive<PersistenceWriterActor.PersistFailed>(OnPersistFailed);
        Receive<PruneEnded>(OnPruneEnded);
        Receive<SweepEnded>(OnSweepEnded);
    }

    private DateTimeOffset Now => _context.Clock.GetUtcNow();

    /// <summary>Signals are heard before anything is looked at, so that none is missed.</summary>
    protected override void PreStart()
    {
        _ports.ChannelManager.EventOrPersistenceNeeded += Signal;
        _ports.ChainMonitor.UpdateNeeded += Signal;
        if (_ports.OnionMessenger is { } onion)
            onion.UpdateNeeded += Signal;
        if (_ports.LiquidityManager is { } liquidity)
            liquidity.MessagesOrPersistenceNeeded += Signal;
        if (_ports.GossipSync is { } gossip)
            gossip.ValidationCompleted += Signal;
        Perform(_state.Step);
    }

    protected override void PostStop()
    {
        _ports.ChannelManager.EventOrPersistenceNeeded -= Signal;
        _ports.ChainMonitor.UpdateNeeded -= Signal;
        if (_ports.OnionMessenger is { } onion)
            onion.UpdateNeeded -= Signal;
        if (_ports.LiquidityManager is { } liquidity)
            liquidity.MessagesOrPersistenceNeeded -= Signal;
        if (_ports.GossipSync is { } gossip)
            gossip.ValidationCompleted -= Signal;
    }

    /// <summary>On any thread.</summary>
    private void Signal()
    {
        if (Interlocked.Exchange(ref _wakeSent, 1) == 0)
            _self.Tell(Wake.Instance, ActorRefs.NoSender);
    }

    private void OnWake()
    {
        // Before anything is looked at: a signal from here on is another wake.
        Volatile.Write(ref _wakeSent, 0);
        Notice(_state.Woken());
    }

    /// <summary>Something was noticed; a waiting loop goes on at once.</summary>
    private void Notice(LoopState state)
    {
        TakeOver(state);
        if (_state.Step == LoopStep.Wait && !_continuing && (_state.WakePending || _state.StopAsked))
            Proceed();
    }

    private void OnSlept(ClockGuardActor.Slept slept)
    {
        var noticed = _state.Resumed(slept.Number);
        if (noticed.SleepPending && !_state.SleepPending)
            _log.Warning("The machine slept for {Gap}: disconnecting peers", slept.Gap);
        if (_state.Step == LoopStep.CheckClock)
        {
            TakeOver(noticed);
            EndStep(LoopStep.CheckClock);
        }
        else
        {
            Notice(noticed);
        }
    }

    private void OnStop()
    {
        if (_state.Step == LoopStep.PersistManager)
            _family.Writers[WriterTarget.Manager].Tell(PersistenceWriterActor.Hurry.Instance);
        Notice(_state.Stopping());
    }

    /// <summary>Begins the next step. Never while one is under way.</summary>
    private void Proceed()
    {
        _continuing = false;
        TakeOver(_state.Next(Now));
        Perform(_state.Step);
    }

    private void Perform(LoopStep step)
    {
        _stepStarted = Stopwatch.GetTimestamp();
        switch (step)
        {
            case LoopStep.Settle:
                _family.Pump.Tell(Settle.Instance);
                break;
            case LoopStep.StartupManagerTick:
                _log.Info("Calling ChannelManager's timer_tick_occurred on startup");
                Try(_ports.ChannelManager.TimerTickOccurred);
                break;
            case LoopStep.StartupRebroadcast:
                _log.Info("Rebroadcasting monitor's pending claims on startup");
                Try(_ports.ChainMonitor.RebroadcastPendingClaims);
                break;
            case LoopStep.Events:
                _family.Pump.Tell(Deliver.Instance);
                break;
            case LoopStep.PeerEvents:
                Try(_ports.PeerManager.ProcessEvents);
                break;
            case LoopStep.HtlcForwards:
                Try(_ports.ChannelManager.ProcessPendingHtlcForwards);
                break;
            case LoopStep.Wait:
                Rest();
                break;
            case LoopStep.ManagerTick:
                _log.Debug("Calling ChannelManager's timer_tick_occurred");
                Try(_ports.ChannelManager.TimerTickOccurred);
                break;
            case LoopStep.PersistManager:
                PersistManagerIfDirty();
                break;
            case LoopStep.PersistLiquidityManager:
                _family.Writers[WriterTarget.LiquidityManager].Tell(PersistenceWriterActor.Persist.Changed);
                EndStep(step);
                break;
            case LoopStep.ArchiveMonitors:
                Try(_ports.ChainMonitor.ArchiveFullyResolvedChannelMonitors);
                break;
            case LoopStep.Prune:
                BeginPrune();
                EndStep(step);
                break;
            case LoopStep.FirstScorerDecay:
                Try(LetScorerFade);
                break;
            case LoopStep.SaveScorer:
                _log.Debug("Calling time_passed and persisting scorer");
                Try(() =>
                {
                    LetScorerFade();
                    _family.Writers[WriterTarget.Scorer].Tell(PersistenceWriterActor.Persist.Changed);
                });
                break;
            case LoopStep.Sweep:
                BeginSweep();
                EndStep(step);
                break;
            case LoopStep.OnionTick:
                _log.Debug("Calling OnionMessageHandler's timer_tick_occurred");
                Try(_ports.OnionMessenger!.TimerTickOccurred);
                break;
            case LoopStep.CheckClock:
                _family.ClockGuard.Tell(ClockGuardActor.Check.Instance);
                break;
            case LoopStep.DisconnectPeers or LoopStep.FinalDisconnect:
                Try(_ports.PeerManager.DisconnectAllPeers);
                break;
            case LoopStep.PeerTick:
                _log.Debug("Calling PeerManager's timer_tick_occurred");
                Try(_ports.PeerManager.TimerTickOccurred);
                break;
            case LoopStep.Rebroadcast:
                _log.Debug("Rebroadcasting monitor's pending claims");
                Try(_ports.ChainMonitor.RebroadcastPendingClaims);
                break;
            case LoopStep.FinalManager:
                _ports.ChannelManager.GetAndClearNeedsPersistence();
                TakeOver(_state.ManagerChanged());
                PersistManager(final: true);
                break;
            case LoopStep.FinalScorer:
                PersistFinally(WriterTarget.Scorer);
                break;
            case LoopStep.FinalGraph:
                PersistFinally(WriterTarget.NetworkGraph);
                break;
            case LoopStep.FinalLiquidityManager:
                PersistFinally(WriterTarget.LiquidityManager);
                break;
            case LoopStep.Ended:
                End(null);
                break;
            default:
                throw new InvalidOperationException($"no such step: {step}");
        }
    }

    /// <summary>The application's own code: what it throws is counted, and ends the loop only when it goes on.</summary>
    private void Try(Action call)
    {
        Exception? failure = null;
        try
        {
            call();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            failure = error;
        }

        EndStep(_state.Step, failure);
    }

    private void EndStep(LoopStep step, Exception? failure = null)
    {
        // It was answered before: both of the clock guard's ways may tell of one sleep.
        if (step != _state.Step || _continuing)
            return;
        var took = Stopwatch.GetElapsedTime(_stepStarted);
        if (failure is not null)
        {
            UpkeepMetrics.StepFailed(step);
            _log.Error(failure, "Upkeep step {Step} failed", step);
        }

        if (LoopPlan.TickOf(step) is { } tick)
            UpkeepMetrics.Ticked(tick, took);
        TakeOver(_state.Done(Now, took, failure?.Message, step == LoopStep.HtlcForwards ? HtlcBatchDelay.Next(_context.Random) : default));
        if (failure is not null)
        {
            _family.Owner.Tell(_state);
            if (step < LoopStep.FinalDisconnect && _state.FailuresOf(step) >= _context.Settings.Ticks.MaxFailures)
                throw new UpkeepFailedException($"{step} failed {_state.FailuresOf(step)} times in a row: {failure.Message}", failure);
        }

        ContinueLater();
    }

    /// <summary>One step a turn: what was noticed meanwhile comes first.</summary>
    private void ContinueLater()
    {
        _continuing = true;
        _self.Tell(Continue.Instance, ActorRefs.NoSender);
    }

    private void Rest()
    {
        UpkeepMetrics.Passed();
        _family.Owner.Tell(_state);
        if (_state.WakePending)
        {
            ContinueLater();
            return;
        }

        var htlcsPending = _ports.ChannelManager.NeedsPendingHtlcProcessing;
        if (htlcsPending || !Timers.IsTimerActive(IdleOver.Instance))
            Timers.StartSingleTimer(IdleOver.Instance, IdleOver.Instance, _state.IdleWait(Now, htlcsPending));
    }

    private void PersistManagerIfDirty()
    {
        if (_ports.ChannelManager.GetAndClearNeedsPersistence())
            TakeOver(_state.ManagerChanged());
        if (_state.ManagerDirty)
            PersistManager(final: false);
        else
            EndStep(LoopStep.PersistManager);
    }

    /// <summary>
    /// The deferred operations are counted after the change was seen and before the manager is encoded: those that come later may belong to a
    /// state that this write does not have.
    /// </summary>
    private void PersistManager(bool final)
    {
        var operations = _ports.ChainMonitor.PendingOperationCount;
        _log.Debug("Persisting ChannelManager...");

        // A loop that follows this one counts on from here: the end of this write is not taken for the end of one of its own.
        _family.Owner.Tell(_state);
        _family.Writers[WriterTarget.Manager].Tell(
            new PersistenceWriterActor.Persist(_state.ManagerVersion, _ports.ChannelManager.Encode(), operations, final));
    }

    private void PersistFinally(string name) => _family.Writers[name].Tell(new PersistenceWriterActor.Persist(Final: true));

    private void OnPersisted(PersistenceWriterActor.Persisted persisted)
    {
        if (persisted.Name == WriterTarget.Manager)
        {
            if (_state.Step is not (LoopStep.PersistManager or LoopStep.FinalManager) || persisted.Version != _state.ManagerVersion)
                return;
            _log.Debug("Done persisting ChannelManager.");
            TakeOver(_state.ManagerIsPersisted(persisted.Version));
            if (persisted.Operations > 0)
                _ports.ChainMonitor.Flush(persisted.Operations);
            EndStep(_state.Step);
        }
        else if (persisted.Final && persisted.Name == FinalObject)
        {
            EndStep(_state.Step);
        }
    }

    private void OnPersistFailed(PersistenceWriterActor.PersistFailed failed)
    {
        if (_state.Step >= LoopStep.FinalManager)
        {
            // What belongs to an earlier step says nothing of this one.
            if (failed.Final && failed.Name == FinalObject)
                End($"{failed.Name} could not be persisted: {failed.Error.Message}");
        }
        else
        {
            throw new UpkeepFailedException($"{failed.Name} could not be persisted: {failed.Error.Message}", failed.Error);
        }
    }

    /// <summary>What the step of the final sequence persists.</summary>
    private string? FinalObject => _state.Step switch
    {
        LoopStep.FinalManager => WriterTarget.Manager,
        LoopStep.FinalScorer => WriterTarget.Scorer,
        LoopStep.FinalGraph => WriterTarget.NetworkGraph,
        LoopStep.FinalLiquidityManager => WriterTarget.LiquidityManager,
        _ => null,
    };

    private void LetScorerFade()
    {
        if (UnixTime.Of(Now) is { } since)
            _ports.Scorer!.TimePassed(since);
    }

    private void BeginPrune()
    {
        if (_ports.GossipSync!.PrunableNetworkGraph is null)
        {
            TakeOver(_state.PruneNotYet(Now));
            return;
        }

        TakeOver(_state.PruneBegun());
        var started = Stopwatch.GetTimestamp();
        _context.Threads.RunWork(() => _family.Prunes.RunAsync(CancellationToken.None))
            .PipeTo(_self, success: () => new PruneEnded(started, null), failure: error => new PruneEnded(started, error));
    }

    /// <summary>The graph is saved with each pruning, also when the clock did not allow it.</summary>
    private void OnPruneEnded(PruneEnded ended)
    {
        if (ended.Error is not null)
            _log.Error(ended.Error, "The network graph could not be pruned");
        else if (UnixTime.Of(Now) is null)
            _log.Warning("Not pruning the network graph: the clock is not set, {Now}", Now);
        var took = Stopwatch.GetElapsedTime(ended.Started);
        UpkeepMetrics.Ticked(UpkeepTick.Prune, took);
        _family.Writers[WriterTarget.NetworkGraph].Tell(PersistenceWriterActor.Persist.Changed);
        TakeOver(_state.Pruned(Now, took, ended.Error?.Message));
        _family.Owner.Tell(_state);
    }

    private void BeginSweep()
    {
        TakeOver(_state.SweepBegun());
        var started = Stopwatch.GetTimestamp();
        _context.Threads.RunWork(() => _family.Sweeps.RunAsync(CancellationToken.None))
            .PipeTo(_self, success: () => new SweepEnded(started, null), failure: error => new SweepEnded(started, error));
    }

    private void OnSweepEnded(SweepEnded ended)
    {
        if (ended.Error is not null)
            _log.Warning(ended.Error, "The sweeper failed; it is called again after its interval");
        var took = Stopwatch.GetElapsedTime(ended.Started);
        UpkeepMetrics.Ticked(UpkeepTick.Sweep, took);
        TakeOver(_state.Swept(Now, took, ended.Error?.Message));
        _family.Owner.Tell(_state);
    }

    private void End(string? error)
    {
        _family.Owner.Tell(_state);
        _family.Owner.Tell(new LoopEnded(error));
        Context.Stop(_self);
    }

    /// <summary>Ticks that were armed get their timers.</summary>
    private void TakeOver(LoopState state)
    {
        var old = _state;
        _state = state;
        if (old.Ticks == state.Ticks)
            return;
        for (var i = 0; i < state.Ticks.Length; i++)
        {
            var tick = (UpkeepTick)i;

            // Batches are looked at in each pass, and the wait before it ends in time for them.
            if (tick == UpkeepTick.HtlcBatch || state[tick].Epoch == old[tick].Epoch)
                continue;
            if (state[tick].ArmedAt is null)
                Timers.Cancel(tick);
            else
                Timers.StartSingleTimer(tick, new TickTimer(tick, state[tick].Epoch), state[tick].Interval);
        }
    }

    /// <summary>The final sequence is over. <paramref name="Error"/>: its first failure, which ended it.</summary>
    internal sealed record LoopEnded(string? Error);

    private sealed record TickTimer(UpkeepTick Tick, long Epoch);

    private sealed record PruneEnded(long Started, Exception? Error) : IDeadLetterSuppression;

    private sealed record SweepEnded(long Started, Exception? Error) : IDeadLetterSuppression;

    private sealed class Continue : IDeadLetterSuppression
    {
        public static readonly Continue Instance = new();
    }

    private sealed class IdleOver
    {
        public static readonly IdleOver Instance = new();
    }
}

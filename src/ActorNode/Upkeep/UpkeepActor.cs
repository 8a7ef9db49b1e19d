using System.Collections.Immutable;
using ActorNode.Protocol.Services;
using ActorNode.Protocol.Upkeep;
using ActorNode.Storage;
using Akka.Actor;
using Akka.Event;

namespace ActorNode.Upkeep;

/// <summary>
/// Supervises channel upkeep and answers for it. A loop that fails is started again after a back-off and in the end given up; the others of
/// the family are replaced when they fail, and the loop with them, since it may wait for them. Holds no work and never waits.
/// <para>
/// After a restart of the loop nothing is read back: the objects are in memory, the manager counts as changed, and the startup runs again. The
/// final sequence runs once, also when the loop is down at that moment, since the newest state is the one to keep.
/// </para>
/// </summary>
public sealed class UpkeepActor : ReceiveActor, IWithTimers
{
    /// <summary>What it is called among the services.</summary>
    public const string ServiceName = "upkeep";

    private readonly UpkeepContext _context;
    private readonly UpkeepMemory _memory;
    private readonly IActorRef _services;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, IActorRef> _writers = [];

    private IActorRef _pump = ActorRefs.Nobody;
    private IActorRef _clockGuard = ActorRefs.Nobody;
    private IActorRef? _loop;
    private string? _failure;

    /// <summary>The loop ends because a part that it worked with was replaced.</summary>
    private bool _loopReplaced;
    private ServiceState? _reported;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="context">Ports, settings and clocks.</param>
    /// <param name="services">Hears how upkeep is.</param>
    public static Props Props(UpkeepContext context, IActorRef services)
    {
        var memory = new UpkeepMemory(context);
        return Akka.Actor.Props.Create(() => new UpkeepActor(context, memory, services));
    }

    internal UpkeepActor(UpkeepContext context, UpkeepMemory memory, IActorRef services)
    {
        _context = context;
        _memory = memory;
        _services = services;
        Receive<LoopState>(OnLoopState);
        Receive<WriterState>(OnWriterState);
        Receive<Wake>(wake => _loop?.Tell(wake));
        Receive<ScorerLearned>(_ => _writers[WriterTarget.Scorer].Tell(PersistenceWriterActor.Persist.Changed, ActorRefs.NoSender));
        Receive<ClockGuardActor.Slept>(OnSlept);
        Receive<UpkeepQueries.GetUpkeep>(_ => _pump.Tell(new Complete(Status), Sender));
        Receive<UpkeepCommands.Stop>(_ => OnStop());
        Receive<UpkeepCommands.WatchCompletion>(_ => OnWatchCompletion());
        Receive<UpkeepCommands.RetryParked>(retry => _pump.Forward(retry));
        Receive<UpkeepCommands.DropParked>(drop => _pump.Forward(drop));
        Receive<UpkeepEvents.BackupChanged>(changed => _memory.Backups = _memory.Backups.SetItem(changed.Backup.Name, changed.Backup));
        Receive<UpkeepLoopActor.LoopEnded>(OnLoopEnded);
        Receive<Terminated>(OnTerminated);
        Receive<RestartTick>(_ => StartLoop(_memory.Loop.Restarted()));
        Receive<FinalTimeoutOver>(_ => OnFinalTimeoutOver());
    }

    private DateTimeOffset Now => _context.Clock.GetUtcNow();

    /// <summary>Nobody here goes on by itself after a failure: the loop comes back after its back-off, the others at once.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        maxNrOfRetries: -1,
        withinTimeRange: Timeout.InfiniteTimeSpan,
        localOnlyDecider: cause =>
        {
            // UpkeepFailedException is how the loop gives up; parts that cannot start, were killed or are broken do so by any other. None of
            // them goes on with the state it had.
            _failure = (cause as ActorInitializationException)?.GetBaseException().Message ?? cause.Message;
            return Directive.Stop;
        });

    protected override void PreStart()
    {
        // What changes while this is read is heard of afterwards.
        Context.System.EventStream.Subscribe(Self, typeof(UpkeepEvents.BackupChanged));
        if (_context.Ports.Store is IUpkeepBackups { Backups: var backups })
            _memory.Backups = backups.ToImmutableSortedDictionary(b => b.Name, b => b);
        StartFamily();
        if (_memory.State == UpkeepState.Stopping)
            Timers.StartSingleTimer(FinalTimeoutOver.Instance, FinalTimeoutOver.Instance, _context.Settings.FinalTimeout);
        if (_memory.Result is null && _memory.State != UpkeepState.Failed)
            StartLoop(_memory.State == UpkeepState.Starting ? _memory.Loop : _memory.Loop.Restarted());
    }

    /// <summary>The family ends with this actor's incarnation, and the next one starts it anew from what it left.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
        _log.Error(reason, "The upkeep actor restarts");
        base.PreRestart(reason, message);
    }

    private void StartFamily()
    {
        foreach (var target in _memory.Targets)
            StartWriter(target);
        StartClockGuard();
        StartPump();
    }

    private void StartWriter(WriterTarget target) => _writers[target.Name] = Context.Watch(Context.ActorOf(
        PersistenceWriterActor.Props(target, _memory.Writers[target.Name], _context, Self), $"{target.Name}-writer"));

    private void StartClockGuard() => _clockGuard = Context.Watch(Context.ActorOf(ClockGuardActor.Props(_context, _memory.Slept.Number, Self), "clock-guard"));

    private void StartPump()
    {
        _pump = Context.Watch(Context.ActorOf(EventPumpActor.Props(_context, _memory.Events, Self), "event-pump"));
        if (_memory.State is UpkeepState.Stopping or UpkeepState.Stopped)
            _pump.Tell(Stop.Instance);
    }

    private void StartLoop(LoopState state)
    {
        _memory.Loop = _memory.State == UpkeepState.Stopping ? state.Stopping() : state;
        _memory.LoopStarted = Now;
        var family = new LoopFamily(Self, _pump, _clockGuard, new Dictionary<string, IActorRef>(_writers), _memory.Sweeps, _memory.Prunes);
        _loop = Context.Watch(Context.ActorOf(UpkeepLoopActor.Props(_context, _memory.Loop, family), "loop"));
    }

    private void OnLoopState(LoopState state)
    {
        if (!Sender.Equals(_loop))
            return;
        _memory.Loop = state;
        if (state.Passes > 0 && _memory.State is UpkeepState.Starting or UpkeepState.BackingOff && state.Step == LoopStep.Wait)
            Change(UpkeepState.Running);
    }

    private void OnWriterState(WriterState state)
    {
        _memory.Writers = _memory.Writers.SetItem(state.Name, state);
        Report();
    }

    private void OnSlept(ClockGuardActor.Slept slept)
    {
        _memory.Slept = slept;
        _memory.LastResumed = Now;
        UpkeepMetrics.Slept();
        _loop?.Tell(slept);
        Context.System.EventStream.Publish(new UpkeepEvents.Resumed(slept.Gap, Now));
    }

    private void OnStop()
    {
        if (_memory.Result is { } result)
        {
            Sender.Tell(result);
            return;
        }

        _memory.StopAskers.Add(Sender);
        if (_memory.State == UpkeepState.Stopping)
            return;
        Change(UpkeepState.Stopping);
        Timers.Cancel(RestartTick.Instance);
        Timers.StartSingleTimer(FinalTimeoutOver.Instance, FinalTimeoutOver.Instance, _context.Settings.FinalTimeout);
        _pump.Tell(Stop.Instance);
        if (_loop is { } loop)
            loop.Tell(Stop.Instance);
        else
            StartLoop(_memory.Loop.Restarted());
    }

    private void OnWatchCompletion()
    {
        if (_memory.Result is { } result)
            Sender.Tell(result);
        else if (_memory.State == UpkeepState.Failed)
            Sender.Tell(new UpkeepReplies.Stopped(_memory.LastError));
        else
            _memory.CompletionWatchers.Add(Sender);
    }

    private void OnLoopEnded(UpkeepLoopActor.LoopEnded ended)
    {
        if (Sender.Equals(_loop))
            Complete(ended.Error);
    }

    private void OnFinalTimeoutOver()
    {
        if (_memory.Result is null)
            Complete($"the last things were not persisted within {_context.Settings.FinalTimeout}");
    }

    private void Complete(string? error)
    {
        if (_memory.Result is not null)
            return;
        Timers.Cancel(FinalTimeoutOver.Instance);
        _memory.Result = new UpkeepReplies.Stopped(error);
        _memory.LastError = error ?? _memory.LastError;
        if (error is null)
            _log.Info("Channel upkeep has stopped and everything is persisted");
        else
            _log.Error("Channel upkeep has stopped: {Error}", error);
        Change(UpkeepState.Stopped, error);

        // What is not persisted now never will be: the node does not end in order.
        if (error is not null)
            _services.Tell(new ServiceEvents.NodeStopAsked(ServiceName, error));
        TellResult(_memory.Result);
    }

    private void TellResult(UpkeepReplies.Stopped result)
    {
        foreach (var asker in _memory.StopAskers.Concat(_memory.CompletionWatchers))
            asker.Tell(result);
        _memory.StopAskers.Clear();
        _memory.CompletionWatchers.Clear();
    }

    private void OnTerminated(Terminated ended)
    {
        if (ended.ActorRef.Equals(_loop))
        {
            _loop = null;
            OnLoopFailed();
            return;
        }

        // The loop may wait for it: it begins anew with the one that takes its place.
        _log.Error("A part of channel upkeep failed and is replaced: {Error}", _failure);
        if (ended.ActorRef.Equals(_pump))
            StartPump();
        else if (ended.ActorRef.Equals(_clockGuard))
            StartClockGuard();
        else if (_memory.Targets.FirstOrDefault(t => _writers[t.Name].Equals(ended.ActorRef)) is { } target)
            StartWriter(target);
        if (_loop is null)
            return;
        _loopReplaced = true;
        Context.Stop(_loop);
    }

    private void OnLoopFailed()
    {
        var error = _failure ?? "the loop ended";
        var replaced = _loopReplaced;
        (_failure, _loopReplaced) = (null, false);
        if (_memory.Result is not null)
            return;
        _memory.LastError = error;
        if (_memory.State == UpkeepState.Stopping)
        {
            // What failed was not the writing: that is begun again, within the time that there is for all of it.
            if (replaced)
                StartLoop(_memory.Loop.Restarted());
            else
                Complete(error);
            return;
        }

        var settings = _context.Settings;
        if (Now - _memory.LoopStarted >= settings.StableAfter)
            _memory.RestartsInARow = 0;
        if (_memory.RestartsInARow >= settings.MaxRestarts)
        {
            GiveUp(error);
            return;
        }

        _memory.RestartsInARow++;
        _memory.Restarts++;
        UpkeepMetrics.Restarted();
        var wait = Backoff.Delay(_memory.RestartsInARow, settings.MinBackoff, settings.MaxBackoff, random: 1)
            * (1 + settings.Jitter * _context.Random.NextDouble());
        _log.Error("Channel upkeep failed and starts again in {Wait}: {Error}", wait, error);
        Change(UpkeepState.BackingOff, error);
        Timers.StartSingleTimer(RestartTick.Instance, RestartTick.Instance, wait);
    }

    private void GiveUp(string error)
    {
        _log.Error("Channel upkeep is given up after {Restarts} restarts: {Error}", _memory.RestartsInARow, error);
        Change(UpkeepState.Failed, error);
        foreach (var watcher in _memory.CompletionWatchers)
            watcher.Tell(new UpkeepReplies.Stopped(error));
        _memory.CompletionWatchers.Clear();
        if (_context.Settings.StopNodeWhenGivenUp)
            _services.Tell(new ServiceEvents.NodeStopAsked(ServiceName, error));
    }

    private void Change(UpkeepState state, string? error = null)
    {
        _memory.State = state;
        _memory.Since = Now;
        Context.System.EventStream.Publish(new UpkeepEvents.StateChanged(state, _memory.Since, error));
        Report(error, restarted: state == UpkeepState.BackingOff);
    }

    /// <summary>Ready is what runs and can persist what is critical.</summary>
    private void Report(string? error = null, bool restarted = false)
    {
        var unsaved = _memory.Writers.Values.FirstOrDefault(w => w is { Critical: true, FailuresInARow: > 0 });
        var state = _memory.State switch
        {
            UpkeepState.Starting => ServiceState.Starting,
            UpkeepState.Running => unsaved is null ? ServiceState.Ready : ServiceState.Degraded,
            UpkeepState.BackingOff => ServiceState.Restarting,
            UpkeepState.Failed => ServiceState.Failed,
            UpkeepState.Stopping => ServiceState.Stopping,
            _ => ServiceState.Stopped,
        };
        if (state == _reported && error is null)
            return;
        _reported = state;
        _services.Tell(new ServiceCommands.Report(
            ServiceName, state, error ?? (state == ServiceState.Degraded ? $"{unsaved!.Name}: {unsaved.LastError}" : null), restarted));
    }

    private UpkeepStatus Status => new()
    {
        State = _memory.State,
        Since = _memory.Since,
        Restarts = _memory.Restarts,
        LastError = _memory.LastError,
        Passes = _memory.Loop.Passes,
        LastPass = _memory.Loop.LastPass,
        Ticks = [.. Enum.GetValues<UpkeepTick>().Where(_memory.Loop.Plan.Has).Select(tick => StatusOf(tick, _memory.Loop[tick]))],
        Persistence = [.. _memory.Targets.Select(target => _memory.Writers[target.Name].Status)],
        Events = new EventPumpStatus(),
        LastResumed = _memory.LastResumed,
        LastSleep = _memory.LastResumed is null ? null : _memory.Slept.Gap,
        Backups = [.. _memory.Backups.Values],
    };

    private static TickStatus StatusOf(UpkeepTick tick, TickState state) => new(
        UpkeepMetrics.NameOf(tick), state.Interval, state.Last, state.Next, state.Runs, state.Failures, state.LastError, state.LastDuration);

    private sealed class RestartTick
    {
        public static readonly RestartTick Instance = new();
    }

    private sealed class FinalTimeoutOver
    {
        public static readonly FinalTimeoutOver Instance = new();
    }
}

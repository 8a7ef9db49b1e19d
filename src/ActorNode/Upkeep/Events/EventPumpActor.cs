using System.Diagnostics;
using ActorNode.Protocol.Upkeep;
using ActorNode.Storage;
using Akka.Actor;
using Akka.Event;

namespace ActorNode.Upkeep;

/// <summary>
/// Hands events to the application: one at a time over all sources, in the order of each source. An event that the handler refuses, does not
/// finish in time or crashes at is replayed with back-off; after its last attempt it is parked: durably in the store first, and only then does
/// its source forget it. Graph and scorer learn from an event once, before the handler sees it.
/// <para>
/// Delivery is at least once. Parked events survive the process, attempts do not. Operators' retries run between rounds, so that nothing of
/// the manager is called beside the loop.
/// </para>
/// </summary>
internal sealed class EventPumpActor : ReceiveActor, IWithTimers
{
    private readonly UpkeepContext _context;
    private readonly EventMemory _memory;
    private readonly IActorRef _owner;
    private readonly ParkedEventStore _parkedStore;
    private readonly EventSource[] _sources;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CancellationTokenSource _ended = new();
    private readonly Queue<Offer> _offers = [];
    private readonly Queue<Retry> _retries = [];
    private readonly List<IActorRef> _settlers = [];

    private IActorRef? _round;
    private IActorRef? _nextRound;
    private string? _roundError;
    private Call? _call;
    private bool _loaded;
    private int _loadFailures;
    private bool _stopping;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="context">Ports, settings and clock.</param>
    /// <param name="memory">What is known of events; one for all pumps of a process, which follow each other.</param>
    /// <param name="owner">Is told <see cref="Wake"/> when an event can be tried again, and <see cref="ScorerLearned"/>.</param>
    public static Props Props(UpkeepContext context, EventMemory memory, IActorRef owner) =>
        Akka.Actor.Props.Create(() => new EventPumpActor(context, memory, owner));

    public EventPumpActor(UpkeepContext context, EventMemory memory, IActorRef owner)
    {
        _context = context;
        _memory = memory;
        _owner = owner;
        _parkedStore = new ParkedEventStore(context.Ports.Store);
        _sources = [.. EventSource.Of(context.Ports)];
        Receive<Deliver>(_ => OnDeliver());
        Receive<Offer>(OnOffer);
        Receive<CallEnded>(ended => OnCallEnded(ended.Call, ended.Result));
        Receive<CallTimedOut>(timedOut => OnTimedOut(timedOut.Call));
        Receive<SourcesEnded>(ended => OnSourcesEnded(ended.Error));
        Receive<ParkWritten>(OnParkWritten);
        Receive<ParkFailed>(failed => AnswerReplay(failed.Offer, $"it could not be parked: {failed.Error.Message}"));
        Receive<RetryTick>(_ => _owner.Tell(Wake.Instance));
        Receive<UpkeepCommands.RetryParked>(OnRetryParked);
        Receive<RetryRead>(OnRetryRead);
        Receive<RetryEnded>(OnRetryEnded);
        Receive<UpkeepCommands.DropParked>(OnDropParked);
        Receive<Dropped>(OnDropped);
        Receive<Settle>(_ => OnSettle());
        Receive<EarlierSourcesEnded>(_ => TellSettlers());
        Receive<LoadTick>(_ => Load());
        Receive<Loaded>(OnLoaded);
        Receive<LoadFailed>(OnLoadFailed);
        Receive<Complete>(complete => Sender.Tell(complete.Status with { Events = Status }));
        Receive<Stop>(_ => OnStop());
        Receive<StopGraceOver>(_ => OnStopGraceOver());
    }

    private DateTimeOffset Now => _context.Clock.GetUtcNow();

    private TimeSpan LongestHold => _context.Settings.Events.MaxBackoff > _context.Settings.Ticks.IdleWait
        ? _context.Settings.Events.MaxBackoff
        : _context.Settings.Ticks.IdleWait;

    private EventPumpStatus Status
    {
        get
        {
            var worst = _memory.Worst;
            var current = _call?.Event;
            return new EventPumpStatus
            {
                Handled = _memory.Handled,
                Replays = _memory.Replays,
                Current = current?.Kind ?? worst?.Kind,
                Attempt = current is not null ? _memory.NextAttemptOf(current.Id) : worst is not null ? worst.Attempts + 1 : 0,
                NextAttempt = current is null ? worst?.NextAttempt : null,
                LastError = _memory.LastError,
                Parked = [.. _memory.Parked],
            };
        }
    }

    protected override void PreStart() => Load();

    /// <summary>Nobody is left to answer what waits: its source keeps it.</summary>
    protected override void PostStop()
    {
        if (_call is { Task.IsCompleted: false } call)
        {
            _memory.Abandon(call.Event.Id, call.Task);
            call.Cancellation.CancelAside(_log);
        }

        _ended.Cancel();
    }

    private void OnDeliver()
    {
        if (_round is not null)
        {
            // Of an earlier loop, which does not need it any more.
            _nextRound = Sender;
            return;
        }

        _round = Sender;
        _roundError = null;
        var now = Now;
        var callable = Array.FindAll(_sources, source => !source.IsHeld(now, LongestHold));
        if (_stopping || callable is [])
        {
            AfterSources();
            return;
        }

        var self = Self;
        var ended = _ended.Token;
        _memory.Sources = _context.Threads.RunSources(async () =>
        {
            Exception? first = null;
            foreach (var source in callable)
            {
                try
                {
                    await source.Provider.ProcessPendingEventsAsync(upkeepEvent => Offer.To(self, source, upkeepEvent, ended));
                }
                catch (Exception failure) when (failure is not OutOfMemoryException)
                {
                    // The other sources' events are none the worse for it.
                    first ??= failure;
                }
            }

            if (first is not null)
                throw first;
        });
        _memory.Sources.PipeTo(Self, success: () => new SourcesEnded(null), failure: error => new SourcesEnded(error.Message));
    }

    private void OnOffer(Offer offer)
    {
        if (_call is not null)
            _offers.Enqueue(offer);
        else
            Handle(offer);
    }

    private void Handle(Offer offer)
    {
        var now = Now;
        var offered = offer.Event;
        if (_stopping)
            offer.Answer(EventResult.Replay("upkeep stops"));
        else if (_memory.IsParked(offered))
            offer.Answer(EventResult.Handled);
        else if (_memory.BackingOff(offered.Id, now) is { } reason)
            Hold(offer, reason);
        else if (_memory.IsStillRunning(offered.Id))
            Fail(offer, "the handler did not return from an earlier attempt");
        else
            Begin(new Call(offered, offer, null), _memory.Decorate(offered.Id));
    }

    private void Begin(Call call, bool decorate)
    {
        _call = call;
        call.Task = _context.Threads.RunHandler(async () =>
        {
            if (decorate)
                Decorate(call.Event);
            return await _context.Ports.EventHandler.HandleEventAsync(call.Event, call.Cancellation.Token);
        });
        Timers.StartSingleTimer(nameof(CallTimedOut), new CallTimedOut(call), _context.Settings.Events.Timeout);
        call.Task.PipeTo(
            Self,
            success: result => new CallEnded(call, result),
            failure: error => new CallEnded(call, EventResult.Replay($"the handler failed: {error.Message}")));
    }

    /// <summary>On the handler's thread. The event reaches the application whatever becomes of this.</summary>
    private void Decorate(UpkeepEvent upkeepEvent)
    {
        try
        {
            if (_context.Ports.GossipSync is { NetworkGraph: { } graph })
                EventDecorations.UpdateGraph(upkeepEvent, graph);
            if (_context.Ports.Scorer is { } scorer && UnixTime.Of(Now) is { } since && EventDecorations.UpdateScorer(upkeepEvent, scorer, since))
            {
                _log.Debug("Persisting scorer after update");
                _owner.Tell(ScorerLearned.Instance, ActorRefs.NoSender);
            }
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            _log.Error(error, "Graph or scorer could not learn from event {EventId}", upkeepEvent.Id);
        }
    }

    private void OnCallEnded(Call call, EventResult result)
    {
        if (call != _call)
            return;
        EndCall();
        if (call.Retry is { } retry)
        {
            EndRetry(retry, result);
            return;
        }

        if (result.IsReplay)
        {
            Fail(call.Offer!, result.Reason!);
            return;
        }

        UpkeepMetrics.Handled(Stopwatch.GetElapsedTime(call.Started));
        _memory.Succeeded(call.Event.Id);
        call.Offer!.Answer(EventResult.Handled);
        HandleNext();
    }

    private void OnTimedOut(Call call)
    {
        if (call == _call)
            GiveUp($"the handler did not return within {_context.Settings.Events.Timeout}");
    }

    /// <summary>The handler is told to end, and not waited for.</summary>
    private void GiveUp(string reason)
    {
        var call = _call!;
        EndCall();
        _memory.Abandon(call.Event.Id, call.Task);
        call.Cancellation.CancelAside(_log);
        if (call.Retry is { } retry)
            EndRetry(retry, EventResult.Replay(reason));
        else
            Fail(call.Offer!, reason);
    }

    private void EndCall()
    {
        Timers.Cancel(nameof(CallTimedOut));
        _call = null;
    }

    private void Fail(Offer offer, string reason)
    {
        var now = Now;
        UpkeepMetrics.Replayed();
        var last = _memory.Failed(offer.Event, reason, now, _context.Random.NextDouble());
        var attempts = _memory.AttemptsOf(offer.Event.Id);
        _log.Warning("Event {EventId} ({EventKind}) is replayed after attempt {Attempt}: {Reason}", offer.Event.Id, offer.Event.Kind, attempts, reason);
        if (last && _memory.IsParked(offer.Event.Id))
            _log.Error("Event {EventId} ({EventKind}) cannot be parked: another event with its id is", offer.Event.Id, offer.Event.Kind);
        if (!last || _stopping || _memory.IsParked(offer.Event.Id))
        {
            Hold(offer, reason);
            HandleNext();
            return;
        }

        // Nothing else is handed over meanwhile: the event's turn ends when it is parked or back with its source.
        var parked = new ParkedEvent(offer.Event.Id, offer.Event.Kind, now, attempts, reason);
        _call = new Call(offer.Event, offer, null) { Task = Task.FromResult(EventResult.Replay(reason)) };
        _context.Threads.RunWork(() => _parkedStore.WriteAsync(parked, offer.Event.Encode(), _ended.Token))
            .PipeTo(Self, success: () => new ParkWritten(offer, parked), failure: error => new ParkFailed(offer, error));
    }

    private void OnParkWritten(ParkWritten written)
    {
        _log.Error("Event {EventId} ({EventKind}) is parked after {Attempts} attempts: {Reason}",
            written.Parked.Id, written.Parked.Kind, written.Parked.Attempts, written.Parked.Error);
        _memory.Park(written.Parked);
        UpkeepMetrics.Parked(1);
        Context.System.EventStream.Publish(new UpkeepEvents.EventParked(written.Parked));
        _call = null;
        written.Offer.Answer(EventResult.Handled);
        HandleNext();
    }

    private void AnswerReplay(Offer offer, string reason)
    {
        _log.Error("Event {EventId}: {Reason}", offer.Event.Id, reason);
        _call = null;
        Hold(offer, reason);
        HandleNext();
    }

    /// <summary>
    /// Back to its source, which may signal at once that it has an event. It is not called before the event's time has come, or, where it has
    /// other queues, not more often than an idle loop would.
    /// </summary>
    private void Hold(Offer offer, string reason)
    {
        var now = Now;
        if (_memory.NextAttemptAt(offer.Event.Id) is { } next)
        {
            var soon = now + _context.Settings.Ticks.IdleWait;
            offer.Source.HeldUntil = offer.Source.IsOneQueue || next < soon ? next : soon;
            var wait = next - now;
            if (!Timers.IsTimerActive(RetryTick.Instance))
                Timers.StartSingleTimer(RetryTick.Instance, RetryTick.Instance, wait > TimeSpan.Zero ? wait : TimeSpan.FromTicks(1));
        }

        offer.Answer(EventResult.Replay(reason));
    }

    private void HandleNext()
    {
        while (_call is null && _offers.TryDequeue(out var offer))
            Handle(offer);
    }

    private void OnSourcesEnded(string? error)
    {
        _roundError = error;
        AfterSources();
    }

    /// <summary>Parked events that an operator wants tried again go last; the round ends with the last of them.</summary>
    private void AfterSources()
    {
        if (_retries.TryDequeue(out var retry))
        {
            _context.Threads.RunSources(async () =>
            {
                var encoded = await _parkedStore.ReadAsync(retry.Id, _ended.Token);
                retry.Event = encoded is null ? null : _context.Ports.ChannelManager.ReadEvent(encoded);
            }).PipeTo(Self, success: () => new RetryRead(retry, null), failure: error => new RetryRead(retry, error));
            return;
        }

        _round!.Tell(new Delivered(_roundError));
        _round = null;
        TellSettlers();
        if (_nextRound is { } next)
        {
            _nextRound = null;
            Self.Tell(Deliver.Instance, next);
        }
    }

    private void OnRetryParked(UpkeepCommands.RetryParked command)
    {
        if (RefusalOf(command.Id) is { } problem)
        {
            Sender.Tell(new UpkeepReplies.Refused(problem));
            return;
        }

        _retries.Enqueue(new Retry(command.Id, Sender));
        _owner.Tell(Wake.Instance);
    }

    private string? RefusalOf(string id) =>
        _stopping ? "upkeep stops"
        : !_loaded ? "parked events were not read from the store yet; try again"
        : _memory.IsParked(id) ? null
        : $"event '{id}' is not parked";

    private void OnRetryRead(RetryRead read)
    {
        var retry = read.Retry;
        if (_stopping || !_memory.IsParked(retry.Id))
            EndRetry(retry, EventResult.Replay(RefusalOf(retry.Id)!));
        else if (read.Error is not null)
            EndRetry(retry, EventResult.Replay($"it cannot be read: {read.Error.Message}"));
        else if (retry.Event is null)
            EndRetry(retry, EventResult.Replay("it is not understood any more, or its value is gone"));
        else if (_memory.IsStillRunning(retry.Id))
            EndRetry(retry, EventResult.Replay("the handler did not return from an earlier attempt"));
        else
            Begin(new Call(retry.Event, null, retry), decorate: false);
    }

    private void EndRetry(Retry retry, EventResult result)
    {
        if (result.IsReplay)
        {
            Self.Tell(new RetryEnded(retry, result.Reason));
            return;
        }

        _context.Threads.RunWork(() => _parkedStore.RemoveAsync(retry.Id, _ended.Token))
            .PipeTo(
                Self,
                success: () => new RetryEnded(retry, null),
                failure: error => new RetryEnded(retry, $"the handler took it, but it could not be removed: {error.Message}"));
    }

    private void OnRetryEnded(RetryEnded ended)
    {
        var id = ended.Retry.Id;
        if (ended.Problem is null)
        {
            _log.Info("Parked event {EventId} was handled", id);
            Unpark(id);
            ended.Retry.Asker.Tell(new UpkeepReplies.EventHandled(id));
        }
        else
        {
            ended.Retry.Asker.Tell(new UpkeepReplies.Refused($"event '{id}': {ended.Problem}"));
        }

        AfterSources();
    }

    private void OnDropParked(UpkeepCommands.DropParked command)
    {
        if (RefusalOf(command.Id) is { } problem)
        {
            Sender.Tell(new UpkeepReplies.Refused(problem));
            return;
        }

        var asker = Sender;
        _context.Threads.RunWork(() => _parkedStore.RemoveAsync(command.Id, _ended.Token))
            .PipeTo(Self, success: () => new Dropped(command.Id, asker, null), failure: error => new Dropped(command.Id, asker, error));
    }

    private void OnDropped(Dropped dropped)
    {
        if (dropped.Error is { } error)
        {
            dropped.Asker.Tell(new UpkeepReplies.Refused($"event '{dropped.Id}' could not be removed: {error.Message}"));
            return;
        }

        _log.Warning("Parked event {EventId} was dropped by an operator", dropped.Id);
        Unpark(dropped.Id);
        dropped.Asker.Tell(new UpkeepReplies.EventDropped(dropped.Id));
    }

    private void Unpark(string id)
    {
        if (!_memory.IsParked(id))
            return;
        _memory.Unpark(id);
        UpkeepMetrics.Parked(-1);
    }

    private void OnSettle()
    {
        if (_round is null && _memory.Sources.IsCompleted)
        {
            Sender.Tell(Settled.Instance);
            return;
        }

        _settlers.Add(Sender);

        // Of an earlier pump: what its source does it may do to the manager.
        if (_round is null)
            _memory.Sources.PipeTo(Self, success: () => EarlierSourcesEnded.Instance, failure: _ => EarlierSourcesEnded.Instance);
    }

    private void TellSettlers()
    {
        foreach (var settler in _settlers)
            settler.Tell(Settled.Instance);
        _settlers.Clear();
    }

    private void OnStop()
    {
        if (_stopping)
            return;
        _stopping = true;
        _call?.Cancellation.CancelAside(_log);
        if (_call is not null)
            Timers.StartSingleTimer(StopGraceOver.Instance, StopGraceOver.Instance, _context.Settings.Events.StopGrace);
        while (_offers.TryDequeue(out var offer))
            offer.Answer(EventResult.Replay("upkeep stops"));
        while (_retries.TryDequeue(out var retry))
            retry.Asker.Tell(new UpkeepReplies.Refused("upkeep stops"));
    }

    private void OnStopGraceOver()
    {
        if (_call is not null)
            GiveUp($"the handler did not end within {_context.Settings.Events.StopGrace} of the stop");
    }

    private void Load() => _context.Threads.RunWork(() => _parkedStore.ListAsync(_ended.Token))
        .PipeTo(Self, success: all => new Loaded(all.Parked, all.Unreadable), failure: error => new LoadFailed(error));

    private void OnLoaded(Loaded loaded)
    {
        _loaded = true;
        foreach (var parked in loaded.Parked.Where(p => !_memory.IsParked(p.Id)))
        {
            _memory.Park(parked);
            UpkeepMetrics.Parked(1);
        }

        foreach (var key in loaded.Unreadable)
            _log.Error("The value {Key} is no parked event and is left alone", key);
    }

    private void OnLoadFailed(LoadFailed failed)
    {
        _log.Warning(failed.Error, "Parked events could not be read; tried again");
        var settings = _context.Settings.Persistence;
        Timers.StartSingleTimer(LoadTick.Instance, LoadTick.Instance,
            Backoff.Delay(++_loadFailures, settings.BestEffortMinBackoff, settings.BestEffortMaxBackoff, _context.Random.NextDouble()));
    }
}

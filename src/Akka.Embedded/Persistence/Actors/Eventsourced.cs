using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Persistence;

/// <summary>
/// Base of actors whose state is a sequence of events in a journal. At each start and restart it recovers: at most one snapshot, the
/// events after it in order, <see cref="RecoveryCompleted"/>; commands wait meanwhile. An event's handler runs when the event is
/// stored for good, on the actor's turn, in the order of the calls. A write that failed stops the actor, since nobody knows whether it
/// is stored; what was handled before is recovered by the next incarnation.
/// </summary>
public abstract partial class Eventsourced : ActorBase, IPersistentIdentity, IPersistenceStash, IPersistenceRecovery
{
    /// <summary>Of what lies in a stash, the part that is worth returning to the mailbox of the next incarnation.</summary>
    public static readonly Func<Envelope, bool> UnstashFilterPredicate = static envelope => envelope.Message is not (WriteMessageSuccess or ReplayedMessage);

    private static int _lastInstanceId;

    private readonly int _instanceId = Interlocked.Increment(ref _lastInstanceId);
    private Phase _phase;
    private bool _asyncTaskRunning;
    private long _sequenceNr;
    private PersistenceExtension.Plugin? _journal;
    private PersistenceExtension.Plugin? _snapshotStore;
    private PersistentStash? _stash;
    private ILoggingAdapter? _log;

    protected Eventsourced() => Extension = Persistence.Instance.Apply(Context.System);

    private enum Phase : byte
    {
        AwaitsPermit,
        AwaitsSnapshot,
        Replays,

        /// <summary>Recovery has failed, the end is near.</summary>
        Stops,

        /// <summary>Takes commands.</summary>
        Processes,

        /// <summary>Commands wait for the handlers of Persist.</summary>
        Persists
    }

    /// <summary>Never the same for two actors that live at a time.</summary>
    public abstract string PersistenceId { get; }

    public virtual Recovery Recovery => Recovery.Default;

    public virtual IStashOverflowStrategy InternalStashOverflowStrategy => Extension.DefaultInternalStashOverflowStrategy;

    public string? JournalPluginId { get; protected set; }

    public string? SnapshotPluginId { get; protected set; }

    public IActorRef Journal => JournalPlugin.Actor;

    public IActorRef SnapshotStore => (_snapshotStore ??= Extension.SnapshotStorePlugin(SnapshotPluginId)).Actor;

    /// <summary>The program's own stash: what comes back from it is handled before the commands that wait for events to be stored.</summary>
    public IStash Stash
    {
        get => _stash ??= new PersistentStash(this);
        set
        {
            // The system offers a plain one, which knows nothing of the commands that wait.
        }
    }

    public string SnapshotterId => PersistenceId;

    /// <summary>Of the last event that was stored or replayed.</summary>
    public long LastSequenceNr { get; private set; }

    public long SnapshotSequenceNr => LastSequenceNr;

    public bool IsRecovering => _phase < Phase.Stops;

    public bool IsRecoveryFinished => !IsRecovering;

    protected PersistenceExtension Extension { get; }

    protected virtual ILoggingAdapter Log => _log ??= Context.GetLogger();

    private PersistenceExtension.Plugin JournalPlugin => _journal ??= Extension.JournalPlugin(JournalPluginId);

    /// <summary>
    /// Stores an event; until <paramref name="handler"/> has run for it, no other command is handled. Several calls are stored and
    /// handled in order.
    /// </summary>
    /// <exception cref="InvalidOperationException">The actor still recovers.</exception>
    public void Persist<TEvent>(TEvent @event, Action<TEvent> handler) => Add(@event, handler, stashing: true);

    /// <summary>Like <see cref="Persist"/> for several events, which are stored all or none.</summary>
    public void PersistAll<TEvent>(IEnumerable<TEvent> events, Action<TEvent> handler) => AddAll(events, handler, stashing: true);

    /// <summary>Stores an event while further commands are handled; handlers still run in the order of the calls.</summary>
    public void PersistAsync<TEvent>(TEvent @event, Action<TEvent> handler) => Add(@event, handler, stashing: false);

    /// <summary>Like <see cref="PersistAsync"/> for several events, which are stored all or none.</summary>
    public void PersistAllAsync<TEvent>(IEnumerable<TEvent> events, Action<TEvent> handler) => AddAll(events, handler, stashing: false);

    /// <summary>Runs the handler after those of all events before it, at once if there are none. Nothing is stored.</summary>
    public void DeferAsync<TEvent>(TEvent evt, Action<TEvent> handler)
    {
        ThrowIfRecovering();
        if (_firstHandler is null)
            handler(evt);
        else
            Append(new PendingHandler<TEvent>(evt, handler, Sender, PendingKind.Deferred));
    }

    /// <summary>
    /// Deletes the events up to and with the number, <see cref="long.MaxValue"/> for all that are stored. Answered with
    /// <see cref="DeleteMessagesSuccess"/> or <see cref="DeleteMessagesFailure"/>.
    /// </summary>
    public void DeleteMessages(long toSequenceNr)
    {
        if (toSequenceNr == long.MaxValue || toSequenceNr <= LastSequenceNr)
        {
            Journal.Tell(new DeleteMessagesTo(PersistenceId, toSequenceNr, Self), Self);
            return;
        }

        Self.Tell(new DeleteMessagesFailure(
            new ArgumentOutOfRangeException(nameof(toSequenceNr), toSequenceNr, $"[{PersistenceId}] has no event above {LastSequenceNr}"), toSequenceNr), Self);
    }

    public void LoadSnapshot(string persistenceId, SnapshotSelectionCriteria criteria, long toSequenceNr) =>
        SnapshotStore.Tell(new LoadSnapshot(persistenceId, criteria, toSequenceNr), Self);

    /// <summary>Stores the state after <see cref="LastSequenceNr"/>. Answered with <see cref="SaveSnapshotSuccess"/> or <see cref="SaveSnapshotFailure"/>.</summary>
    public void SaveSnapshot(object snapshot) =>
        SnapshotStore.Tell(new SaveSnapshot(new SnapshotMetadata(SnapshotterId, SnapshotSequenceNr), snapshot), Self);

    public void DeleteSnapshot(long sequenceNr) => SnapshotStore.Tell(new DeleteSnapshot(new SnapshotMetadata(SnapshotterId, sequenceNr)), Self);

    public void DeleteSnapshots(SnapshotSelectionCriteria criteria) => SnapshotStore.Tell(new DeleteSnapshots(SnapshotterId, criteria), Self);

    /// <summary>Handles events and the snapshot of a recovery, and <see cref="RecoveryCompleted"/>.</summary>
    protected abstract bool ReceiveRecover(object message);

    /// <summary>Handles commands: checks them and persists events, whose handlers change the state.</summary>
    protected abstract bool ReceiveCommand(object message);

    /// <summary>All events have been replayed; the actor may not persist yet.</summary>
    protected virtual void OnReplaySuccess()
    {
    }

    /// <summary>Recovery has failed, at <paramref name="message"/> if there is one. The actor is stopped then.</summary>
    protected virtual void OnRecoveryFailure(Exception reason, object? message = null)
    {
        if (message is null)
            Log.Error(reason, "Recovery of persistence id [{PersistenceId}] failed after sequence number [{SequenceNr}]", PersistenceId, LastSequenceNr);
        else
            Log.Error(reason, "Recovery of persistence id [{PersistenceId}] failed at sequence number [{SequenceNr}], an event of type [{Type}]",
                PersistenceId, LastSequenceNr, message.GetType());
    }

    /// <summary>The journal failed: whether the event is stored is not known. The actor is stopped then.</summary>
    protected virtual void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        Log.Error(cause, "Event of type [{Type}] with sequence number [{SequenceNr}] of persistence id [{PersistenceId}] could not be stored",
            @event.GetType(), sequenceNr, PersistenceId);

    /// <summary>The journal refused the event: it is not stored, its handler does not run, the actor goes on.</summary>
    protected virtual void OnPersistRejected(Exception cause, object @event, long sequenceNr) =>
        Log.Error(cause, "Event of type [{Type}] with sequence number [{SequenceNr}] of persistence id [{PersistenceId}] was rejected: {Reason}",
            @event.GetType(), sequenceNr, PersistenceId, cause.Message);

    protected override void Unhandled(object message)
    {
        switch (message)
        {
            case RecoveryCompleted:
                break;
            case SaveSnapshotFailure failure:
                Log.Warning("Snapshot {Snapshot} could not be saved: {Cause}", failure.Metadata, failure.Cause);
                break;
            case DeleteSnapshotFailure failure:
                Log.Warning("Snapshot {Snapshot} could not be deleted: {Cause}", failure.Metadata, failure.Cause);
                break;
            case DeleteSnapshotsFailure failure:
                Log.Warning("Snapshots {Criteria} of persistence id [{PersistenceId}] could not be deleted: {Cause}", failure.Criteria, PersistenceId,
                    failure.Cause);
                break;
            case DeleteMessagesFailure failure:
                Log.Warning("Events up to [{SequenceNr}] of persistence id [{PersistenceId}] could not be deleted: {Cause}", failure.ToSequenceNr,
                    PersistenceId, failure.Cause);
                break;
            default:
                base.Unhandled(message);
                break;
        }
    }

    /// <summary>Handles the current command asynchronously; what it persists is written when the task has ended.</summary>
    protected void RunTask(Func<Task> action)
    {
        if (_asyncTaskRunning)
            throw new NotSupportedException("RunTask calls cannot be nested");
        ActorTaskScheduler.RunTask(() =>
        {
            var task = action();
            // A task that has ended is part of the command like any other code of its handler.
            return task.IsCompleted ? task : AwaitEnd(task);
        });
    }

    private async Task AwaitEnd(Task task)
    {
        _asyncTaskRunning = true;
        var failed = true;
        try
        {
            await task;
            failed = false;
        }
        finally
        {
            _asyncTaskRunning = false;
            EndTurn(failed);
        }
    }
}

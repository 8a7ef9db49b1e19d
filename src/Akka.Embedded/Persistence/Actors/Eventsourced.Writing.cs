using Akka.Actor;
using Akka.Persistence.Journal;

namespace Akka.Persistence;

// Events from Persist to their handlers. One request is with the journal at a time; what is persisted meanwhile goes with the next.
public abstract partial class Eventsourced
{
    private string? _writerGuid;
    private PendingHandler? _firstHandler;
    private PendingHandler? _lastHandler;
    private List<AtomicWrite>? _batch;
    private int _stashingHandlers;
    private bool _writeInProgress;

    private void Add<TEvent>(TEvent @event, Action<TEvent> handler, bool stashing)
    {
        ThrowIfRecovering();
        Append(new PendingHandler<TEvent>(@event, handler, Sender, stashing ? PendingKind.Stashing : PendingKind.Async));
        (_batch ??= new List<AtomicWrite>(1)).Add(new AtomicWrite(NewEvent(@event!)));
    }

    private void AddAll<TEvent>(IEnumerable<TEvent> events, Action<TEvent> handler, bool stashing)
    {
        ThrowIfRecovering();
        if (events is null)
            return;
        var sender = Sender;
        var written = new List<IPersistentRepresentation>();
        foreach (var @event in events)
        {
            Append(new PendingHandler<TEvent>(@event, handler, sender, stashing ? PendingKind.Stashing : PendingKind.Async));
            written.Add(NewEvent(@event!));
        }

        if (written.Count > 0)
            (_batch ??= new List<AtomicWrite>(1)).Add(new AtomicWrite(written.ToArray()));
    }

    private Persistent NewEvent(object payload) =>
        new(payload, ++_sequenceNr, PersistenceId, writerGuid: _writerGuid ??= Guid.NewGuid().ToString(), timestamp: DateTime.UtcNow.Ticks);

    private void ThrowIfRecovering()
    {
        if (IsRecovering)
            throw new InvalidOperationException("Cannot persist during replay: events can be persisted when RecoveryCompleted is received or later.");
    }

    private void Append(PendingHandler handler)
    {
        if (handler.Kind == PendingKind.Stashing)
            _stashingHandlers++;
        if (_lastHandler is null)
            _firstHandler = handler;
        else
            _lastHandler.Next = handler;
        _lastHandler = handler;
    }

    private PendingHandler? TakeHandler()
    {
        if (_firstHandler is not { } first)
            return null;
        _firstHandler = first.Next;
        if (_firstHandler is null)
            _lastHandler = null;
        if (first.Kind == PendingKind.Stashing)
            _stashingHandlers--;
        return first;
    }

    private void Flush()
    {
        if (_writeInProgress || _batch is not { } batch)
            return;
        _batch = null;
        _writeInProgress = true;
        Journal.Tell(new WriteMessages(batch, Self, _instanceId) { AnsweredAtOnce = true }, Self);
    }

    /// <summary>True for answers of the journal to what this actor, or an earlier incarnation of it, has persisted.</summary>
    private bool IsWritten(object message)
    {
        switch (message)
        {
            case PendingWrite write:
                if (write.Request.ActorInstanceId == _instanceId)
                    Written(write);
                return true;
            case DeferredHandlers deferred:
                if (deferred.ActorInstanceId == _instanceId)
                    Handle(null, null);
                return true;
            case WriteMessagesSuccessful:
                _writeInProgress = false;
                Flush();
                return true;
            case WriteMessagesFailed failed:
                // The failure of the first event stops the actor.
                if (failed.WriteCount == 0)
                    _writeInProgress = false;
                return true;
            case WriteMessageSuccess success:
                if (success.ActorInstanceId == _instanceId)
                    Handle(success.Persistent, null);
                return true;
            case WriteMessageRejected rejected:
                if (rejected.ActorInstanceId == _instanceId)
                    Handle(rejected.Persistent, rejected.Cause);
                return true;
            case WriteMessageFailure failure:
                if (failure.ActorInstanceId == _instanceId)
                    Fail(failure.Persistent, failure.Cause);
                return true;
            case LoopMessageSuccess:
                return true;
            default:
                return false;
        }
    }

    /// <summary>Handles the events of a request, or goes on with it.</summary>
    private void Written(PendingWrite write)
    {
        var writes = (IReadOnlyList<AtomicWrite>)write.Request.Messages;
        if (write.Failure is not null)
        {
            Fail(writes[0].Events[0], write.Failure);
            return;
        }

        if (write.HandledWrites == 0 && write.HandledEvents == 0)
        {
            // The next request is on its way while the handlers run.
            _writeInProgress = false;
            Flush();
        }

        var failed = true;
        try
        {
            RunDeferred();
            while (write.HandledWrites < writes.Count && !Cell.AwaitsTask)
            {
                var written = writes[write.HandledWrites].Events;
                var rejection = write.Rejections?[write.HandledWrites];
                var current = written[write.HandledEvents++];
                if (write.HandledEvents == written.Count)
                    (write.HandledWrites, write.HandledEvents) = (write.HandledWrites + 1, 0);
                RunHandler(current, rejection);
                RunDeferred();
            }

            failed = false;
        }
        finally
        {
            EndTurn(failed);
            // After a failure the actor may be resumed, and after an asynchronous handler it goes on for certain.
            if (write.HandledWrites < writes.Count || _firstHandler is { Kind: PendingKind.Deferred })
                Cell.EnqueueFirst(new Envelope(write, Self));
        }
    }

    /// <summary>Handles one event of a journal that answers for each, then what was deferred behind it.</summary>
    private void Handle(IPersistentRepresentation? written, Exception? rejection)
    {
        var failed = true;
        try
        {
            if (written is not null)
                RunHandler(written, rejection);
            RunDeferred();
            failed = false;
        }
        finally
        {
            EndTurn(failed);
            if (_firstHandler is { Kind: PendingKind.Deferred })
                Cell.EnqueueFirst(new Envelope(new DeferredHandlers(_instanceId), Self));
        }
    }

    private void RunHandler(IPersistentRepresentation written, Exception? rejection)
    {
        LastSequenceNr = Math.Max(LastSequenceNr, written.SequenceNr);
        var handler = TakeHandler();
        using var handling = Cell.Handling(Cell.CurrentMessage, handler?.Sender ?? Cell.Sender);
        if (rejection is not null)
            OnPersistRejected(rejection, written.Payload, written.SequenceNr);
        else
            handler?.Run();
    }

    private void RunDeferred()
    {
        while (_firstHandler is { Kind: PendingKind.Deferred } && !Cell.AwaitsTask)
        {
            var handler = TakeHandler()!;
            using var handling = Cell.Handling(Cell.CurrentMessage, handler.Sender);
            handler.Run();
        }
    }

    private void Fail(IPersistentRepresentation written, Exception cause)
    {
        var handler = TakeHandler();
        try
        {
            using var handling = Cell.Handling(Cell.CurrentMessage, handler?.Sender ?? Cell.Sender);
            OnPersistFailure(cause, written.Payload, written.SequenceNr);
        }
        finally
        {
            Context.Stop(Self);
        }
    }

    private enum PendingKind : byte
    {
        /// <summary>Commands wait for it.</summary>
        Stashing,
        Async,

        /// <summary>Has no event: runs as soon as it comes first.</summary>
        Deferred
    }

    /// <summary>A handler that waits for its event to be stored.</summary>
    private abstract class PendingHandler(IActorRef sender, PendingKind kind)
    {
        public PendingHandler? Next;

        public PendingKind Kind => kind;

        public IActorRef Sender => sender;

        public abstract void Run();
    }

    private sealed class PendingHandler<TEvent>(TEvent @event, Action<TEvent> handler, IActorRef sender, PendingKind kind) : PendingHandler(sender, kind)
    {
        public override void Run() => handler(@event);
    }

    /// <summary>Goes on with deferred handlers.</summary>
    private sealed record DeferredHandlers(int ActorInstanceId) : INoSerializationVerificationNeeded, Event.IDeadLetterSuppression;
}

using Akka.Actor;
using Akka.Event;
using Akka.Persistence.Journal;

namespace Akka.Persistence;

// Which message is handled when, and what waits in the internal stash.
public abstract partial class Eventsourced
{
    private EnvelopeQueue? _waiting;

    /// <summary>On a failure: what waits goes back to the mailbox, that of the program's stash first.</summary>
    public override void AroundPreRestart(Exception cause, object message)
    {
        try
        {
            EndRecovery();
            ReturnStashes();
        }
        finally
        {
            Flush();
            base.AroundPreRestart(cause, message switch
            {
                PendingWrite write => write.LastHandled,
                WriteMessageSuccess success => success.Persistent,
                LoopMessageSuccess success => success.Message,
                ReplayedMessage replayed => replayed.Persistent,
                _ => message
            });
        }
    }

    public override void AroundPostStop()
    {
        try
        {
            EndRecovery();
            ReturnStashes();
        }
        finally
        {
            base.AroundPostStop();
        }
    }

    protected override bool AroundReceive(Receive receive, object message)
    {
        if (IsWritten(message))
            return true;
        switch (_phase)
        {
            case Phase.Processes:
                if (message is RecoveryTimeout or RecoveryPermits.Permit or ReplayedBatch)
                    return true;
                Command(receive, message);
                return true;
            case Phase.Persists:
                if (message is not (RecoveryTimeout or RecoveryPermits.Permit or ReplayedBatch))
                    StashInternally(message);
                return true;
            default:
                if (!Recovers(message))
                    StashInternally(message);
                return true;
        }
    }

    private void Command(Receive receive, object message)
    {
        var failed = true;
        try
        {
            base.AroundReceive(receive, message);
            failed = false;
        }
        finally
        {
            EndTurn(failed);
        }
    }

    /// <summary>Sends what was persisted and lets the next command in, or all of them when the actor has failed.</summary>
    private void EndTurn(bool failed)
    {
        Flush();
        if (_asyncTaskRunning || _phase < Phase.Processes)
            return;
        if (_stashingHandlers > 0)
        {
            _phase = Phase.Persists;
            return;
        }

        _phase = Phase.Processes;
        if (failed)
            UnstashAllWaiting();
        else if (_waiting is not null && _waiting.TryTake(out var next))
            Cell.EnqueueFirst(next);
    }

    private void StashInternally(object message)
    {
        var capacity = Cell.StashCapacity;
        if (capacity < 0 || (_waiting?.Count ?? 0) < capacity)
        {
            (_waiting ??= new EnvelopeQueue()).Add(new Envelope(message, Sender));
            return;
        }

        switch (InternalStashOverflowStrategy)
        {
            case DiscardToDeadLetterStrategy:
                Context.System.DeadLetters.Tell(new DeadLetter(message, Sender, Self), Sender);
                break;
            case ReplyToStrategy reply:
                Sender.Tell(reply.Response, Self);
                break;
            default:
                throw new StashOverflowException($"[{PersistenceId}] cannot stash {message.GetType()}: its internal stash holds {capacity} messages, which is its capacity");
        }
    }

    private void UnstashAllWaiting()
    {
        while (_waiting is not null && _waiting.TryTakeLast(out var last))
            Cell.EnqueueFirst(last);
    }

    private void ReturnStashes()
    {
        UnstashAllWaiting();
        _stash?.ReturnAll();
    }

    /// <summary>
    /// The program's stash. What leaves it goes before the commands that wait in the internal stash, from where they are handled one by one
    /// between writes.
    /// </summary>
    private sealed class PersistentStash(Eventsourced actor) : IStash
    {
        private EnvelopeQueue? _stashed;

        public int Count => _stashed?.Count ?? 0;

        public bool IsEmpty => Count == 0;

        public bool NonEmpty => Count > 0;

        public bool IsFull => Capacity >= 0 && Count >= Capacity;

        public int Capacity => Deploy.NoStashSize;

        public void Stash()
        {
            var cell = actor.Cell;
            if (cell.CurrentMessage is not { } message)
                throw new IllegalActorStateException("Can't stash: there is no current message");
            if (cell.IsStashed)
                throw new IllegalActorStateException($"Can't stash the same message {message} more than once");
            if (IsFull)
                throw new StashOverflowException($"Couldn't enqueue message {message} from {cell.Sender} to stash of {cell.Self}: its capacity is {Capacity}");
            cell.IsStashed = true;
            (_stashed ??= new EnvelopeQueue()).Add(new Envelope(message, cell.Sender));
        }

        public void Unstash()
        {
            if (_stashed is not null && _stashed.TryTake(out var first))
                Waiting.AddFirst(first);
        }

        public void UnstashAll() => UnstashAll(static _ => true);

        public void UnstashAll(Func<Envelope, bool> predicate)
        {
            if (_stashed is not { Count: > 0 } stashed)
                return;
            while (stashed.TryTakeLast(out var last))
            {
                if (predicate(last))
                    Waiting.AddFirst(last);
            }
        }

        public IEnumerable<Envelope> ClearStash()
        {
            var stashed = new List<Envelope>(Count);
            while (_stashed is not null && _stashed.TryTake(out var first))
                stashed.Add(first);
            return stashed;
        }

        public void Prepend(IEnumerable<Envelope> envelopes)
        {
            ArgumentNullException.ThrowIfNull(envelopes);
            var added = envelopes as IReadOnlyList<Envelope> ?? [.. envelopes];
            if (Capacity >= 0 && added.Count > Capacity - Count)
                throw new StashOverflowException($"Couldn't prepend {added.Count} messages to the stash of {actor.Self}: its capacity is {Capacity}");
            for (var i = added.Count - 1; i >= 0; i--)
                (_stashed ??= new EnvelopeQueue()).AddFirst(added[i]);
        }

        /// <summary>To the front of the mailbox, for the next incarnation or the dead letters.</summary>
        internal void ReturnAll()
        {
            while (_stashed is not null && _stashed.TryTakeLast(out var last))
            {
                if (UnstashFilterPredicate(last))
                    actor.Cell.EnqueueFirst(last);
            }
        }

        private EnvelopeQueue Waiting => actor._waiting ??= new EnvelopeQueue();
    }
}

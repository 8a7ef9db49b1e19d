using Akka.Actor;
using Akka.Event;

namespace Akka.Persistence.Journal;

/// <summary>
/// One <see cref="WriteMessages"/> request on its way through a journal, and then its answer. A journal of the engine completes it
/// from any thread, in any order, once: what comes later is ignored. Askers are answered in the order of their requests.
/// </summary>
internal sealed class PendingWrite : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    private readonly WriteOrder _order;
    private int _completed;

    internal PendingWrite(WriteMessages request, IReadOnlyList<AtomicWrite> writes, WriteOrder order)
    {
        Request = request;
        Writes = writes;
        _order = order;
    }

    /// <summary>What to store, in this order, each one all or none; payloads have passed the event adapters.</summary>
    public IReadOnlyList<AtomicWrite> Writes { get; }

    public WriteMessages Request { get; }

    /// <summary>Set when nothing of the request is known to be stored.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>For each atomic write why it was refused, or null; null when none was.</summary>
    public IReadOnlyList<Exception?>? Rejections { get; private set; }

    /// <summary>Whether the answer may go out. Guarded by the order's lock.</summary>
    internal bool IsCompleted { get; set; }

    internal PendingWrite? Next { get; set; }

    /// <summary>How many of the request's atomic writes the asker has handled, and how many events of the next one; its own.</summary>
    internal int HandledWrites { get; set; }

    internal int HandledEvents { get; set; }

    /// <summary>The event at which the asker is, or was when it failed.</summary>
    internal IPersistentRepresentation LastHandled
    {
        get
        {
            var writes = (IReadOnlyList<AtomicWrite>)Request.Messages;
            return HandledEvents > 0 ? writes[HandledWrites].Events[HandledEvents - 1]
                : HandledWrites > 0 ? writes[HandledWrites - 1].Events[^1]
                : writes[0].Events[0];
        }
    }

    /// <summary>All is stored except the atomic writes that have an exception at their place.</summary>
    public void Succeed(IReadOnlyList<Exception?>? rejections = null)
    {
        if (rejections is not null && rejections.Count != Writes.Count)
        {
            Fail(new InvalidOperationException(
                $"The journal returned {rejections.Count} results for {Writes.Count} atomic writes: whether they are stored is not known"));
            return;
        }

        Complete(null, rejections);
    }

    public void Fail(Exception cause) => Complete(cause, null);

    /// <summary>Nothing of it was stored, since it was not even tried.</summary>
    internal void Reject(Exception cause, int count) => Complete(null, Enumerable.Repeat<Exception?>(cause, count).ToArray());

    private void Complete(Exception? failure, IReadOnlyList<Exception?>? rejections)
    {
        if (Interlocked.Exchange(ref _completed, 1) != 0)
            return;
        (Failure, Rejections) = (failure, rejections);
        _order.Completed(this);
    }

    /// <summary>Tells the asker, one message in all or one for each event as the request says.</summary>
    internal void Answer(IActorRef journal)
    {
        var asker = Request.PersistentActor;
        if (Request.AnsweredAtOnce)
        {
            asker.Tell(this, ActorRefs.NoSender);
            return;
        }

        var id = Request.ActorInstanceId;
        var count = Request.Messages.Count(envelope => envelope is AtomicWrite);
        asker.Tell(Failure is null ? WriteMessagesSuccessful.Instance : new WriteMessagesFailed(Failure, count), journal);
        var index = 0;
        foreach (var envelope in Request.Messages)
        {
            if (envelope is not AtomicWrite write)
            {
                asker.Tell(new LoopMessageSuccess(envelope.Payload, id), envelope.Sender!);
                continue;
            }

            var rejection = Rejections?[index];
            foreach (var written in write.Events)
            {
                asker.Tell(Failure is not null ? new WriteMessageFailure(written, Failure, id)
                    : rejection is not null ? new WriteMessageRejected(written, rejection, id)
                    : new WriteMessageSuccess(written, id), written.Sender!);
            }

            index++;
        }
    }
}

/// <summary>Lets answers out in the order in which the requests came, whenever they are ready. Safe from any thread.</summary>
internal sealed class WriteOrder(IActorRef journal)
{
    private readonly Lock _gate = new();
    private PendingWrite? _first;
    private PendingWrite? _last;

    public void Add(PendingWrite write)
    {
        lock (_gate)
        {
            if (_last is null)
                _first = write;
            else
                _last.Next = write;
            _last = write;
        }
    }

    public void Completed(PendingWrite write)
    {
        lock (_gate)
        {
            write.IsCompleted = true;
            while (_first is { IsCompleted: true } first)
            {
                _first = first.Next;
                if (_first is null)
                    _last = null;
                first.Next = null;
                first.Answer(journal);
            }
        }
    }
}

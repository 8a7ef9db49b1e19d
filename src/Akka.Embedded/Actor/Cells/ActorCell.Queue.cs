namespace Akka.Actor;

// The user messages of a mailbox, first in, first out: a chain of segments with many producers and one consumer, nothing until
// the first message comes. Before them go the messages that were put back to the front, which are the consumer's own.
internal sealed partial class ActorCell
{
    private MailboxSegment? _head;

    /// <summary>Also true of a message whose producer has its place but has yet to write it.</summary>
    internal bool HasMessages => _seldom?.Front is not null || (Volatile.Read(ref _head) is { } head && head.Taken > _turn.Next);

    /// <summary>Counts by walking: for tests and diagnostics, exact only on the actor's own turn.</summary>
    internal int NumberOfMessages
    {
        get
        {
            var count = 0;
            for (var front = _seldom?.Front; front is not null; front = front.Next)
                count++;
            var first = _turn.Next;
            for (var segment = Volatile.Read(ref _head); segment is not null; segment = segment.Next)
            {
                count += Math.Min(segment.Taken, segment.Places.Length) - first;
                first = 0;
            }

            return count;
        }
    }

    /// <summary>Puts a message before all that wait. On the actor's turn only.</summary>
    internal void EnqueueFirst(Envelope envelope)
    {
        if (envelope.Message is Terminated terminated)
            _seldom?.Watch?.RequeueTerminated(terminated.ActorRef);
        Rare.Front = new FrontMessage(envelope, Rare.Front);
    }

    /// <summary>From any thread. Ends with a full fence before the message and a release after it.</summary>
    private void Append(object message, IActorRef sender)
    {
        var segment = Volatile.Read(ref _tail) ?? FirstSegment();
        while (!segment.TryAdd(message, sender))
        {
            if (segment.NextForProducer() is { } next)
            {
                Interlocked.CompareExchange(ref _tail, next, segment);
                segment = next;
            }
            else
            {
                // The consumer, before it left that segment, made sure that the tail is a later one.
                segment = Volatile.Read(ref _tail)!;
            }
        }
    }

    private MailboxSegment FirstSegment()
    {
        // The head first: a tail without a head would be out of the consumer's sight.
        var made = MailboxSegment.First();
        var first = Interlocked.CompareExchange(ref _head, made, null) ?? made;
        return Interlocked.CompareExchange(ref _tail, first, null) ?? first;
    }

    private bool TryDequeue(out object message, out IActorRef sender)
    {
        if (_seldom?.Front is { } front)
        {
            _seldom.Front = front.Next;
            (message, sender) = (front.Envelope.Message, front.Envelope.Sender);
            return true;
        }

        while (TryTake(out message, out sender))
        {
            if (_policy is null || _policy.TryRelease(ref message, ref sender))
                return true;
        }

        return false;
    }

    private bool TryTake(out object message, out IActorRef sender)
    {
        var places = _turn.Places;
        if (places is null || _turn.Next == places.Length)
        {
            if (!TryNextSegment())
            {
                message = sender = null!;
                return false;
            }

            places = _turn.Places!;
        }

        ref var place = ref places[_turn.Next];
        if (Volatile.Read(ref place.Message) is not { } found)
        {
            if (_head!.Taken <= _turn.Next)
            {
                message = sender = null!;
                return false;
            }

            found = AwaitMessage(ref place);
        }

        message = found;
        sender = place.Sender!;
        place = default;
        _turn.Next++;
        return true;
    }

    /// <summary>A producer has taken the place and will fill it in a moment, unless it lost its processor meanwhile.</summary>
    private static object AwaitMessage(ref MailboxPlace place)
    {
        var wait = new SpinWait();
        object? message;
        while ((message = Volatile.Read(ref place.Message)) is null)
            wait.SpinOnce(sleep1Threshold: -1);
        return message;
    }

    /// <summary>False when nobody has taken a place after the last one that was emptied.</summary>
    private bool TryNextSegment()
    {
        var head = Volatile.Read(ref _head);
        if (head is null)
            return false;
        if (_turn.Places is null)
        {
            _turn.Places = head.Places;
            return true;
        }

        if (head.Next is null && head.TryStartAgain())
        {
            _turn.Next = 0;
            return true;
        }

        // Somebody found the segment full and is about to append another, if he has not done so.
        var wait = new SpinWait();
        MailboxSegment? next;
        while ((next = head.Next) is null)
            wait.SpinOnce(sleep1Threshold: -1);
        Interlocked.CompareExchange(ref _tail, next, head);
        _head = next;
        _turn.Places = next.Places;
        _turn.Next = 0;
        head.Leave();
        return true;
    }
}

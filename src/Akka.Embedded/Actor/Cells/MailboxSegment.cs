using System.Diagnostics;

namespace Akka.Actor;

/// <summary>
/// A piece of a mailbox's queue. Producers take places by counting <see cref="Taken"/> up and then fill them; a place counts as
/// filled when its message is there. The consumer empties the places in order and starts again from the first one when all of
/// them are empty, unless a producer has found the segment full: then it has a successor.
/// </summary>
internal sealed class MailboxSegment(int size)
{
    /// <summary>Small, so that actors with few messages stay small; doubled with each successor.</summary>
    private const int FirstSize = 2;
    private const int LargestSize = 64;

    /// <summary>
    /// The successor of every segment that the consumer has left. It stands there instead of the true one: a dead segment of an
    /// old generation would keep all younger ones alive.
    /// </summary>
    private static readonly MailboxSegment Left = new(0);

    internal readonly MailboxPlace[] Places = new MailboxPlace[size];
    private int _taken;
    private MailboxSegment? _next;

    /// <summary>How many places are taken: more than there are once a producer found none.</summary>
    internal int Taken => Volatile.Read(ref _taken);

    internal MailboxSegment? Next => Volatile.Read(ref _next);

    internal static MailboxSegment First() => new(FirstSize);

    /// <summary>A full fence comes with it, before the message is written. False when no place is left.</summary>
    internal bool TryAdd(object message, IActorRef sender)
    {
        var places = Places;
        var index = Interlocked.Increment(ref _taken) - 1;
        if ((uint)index >= (uint)places.Length)
            return false;
        ref var place = ref places[index];
        place.Sender = sender;
        Volatile.Write(ref place.Message, message);
        return true;
    }

    /// <summary>For a producer that found no place: where to look next. Null when the consumer has been there already.</summary>
    internal MailboxSegment? NextForProducer()
    {
        var next = Next;
        if (next is null)
        {
            var made = new MailboxSegment(Math.Min(Places.Length * 2, LargestSize));
            next = Interlocked.CompareExchange(ref _next, made, null) ?? made;
        }

        return ReferenceEquals(next, Left) ? null : next;
    }

    /// <summary>For the consumer that has emptied all places. False when a producer found the segment full.</summary>
    internal bool TryStartAgain() => Interlocked.CompareExchange(ref _taken, 0, Places.Length) == Places.Length;

    /// <summary>For the consumer that goes on to the successor, which must be the producers' by then.</summary>
    internal void Leave()
    {
        Debug.Assert(_next is not null, "A segment without a successor is not left");
        Volatile.Write(ref _next, Left);
    }
}

internal struct MailboxPlace
{
    internal object? Message;
    internal IActorRef? Sender;
}

/// <summary>A message put back to the front of a mailbox.</summary>
internal sealed record FrontMessage(Envelope Envelope, FrontMessage? Next);

using System.Collections;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence.Serialization;

namespace Akka.Persistence;

/// <summary>What a journal handles in the order in which it was sent: events, or a message that is only looped back.</summary>
public interface IPersistentEnvelope
{
    object Payload { get; }

    IActorRef? Sender { get; }

    int Size { get; }
}

/// <summary>Looped back in its place among the writes, never stored.</summary>
internal sealed class NonPersistentMessage(object payload, IActorRef sender) : IPersistentEnvelope
{
    public object Payload { get; } = payload;

    public IActorRef? Sender { get; } = sender;

    public int Size => 1;
}

/// <summary>Events of one persistence id that are stored all or none.</summary>
public sealed class AtomicWrite : IPersistentEnvelope, IMessage
{
    private readonly object _content;

    public AtomicWrite(IPersistentRepresentation @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        _content = @event;
        First = Last = @event;
        Size = 1;
    }

    public AtomicWrite(IImmutableList<IPersistentRepresentation> payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        if (payload.Count == 0)
            throw new ArgumentException("An atomic write needs at least one event", nameof(payload));
        _content = payload;
        (First, Last, Size) = (payload[0], payload[^1], payload.Count);
        CheckOneId(payload);
    }

    /// <summary>Takes the array over.</summary>
    internal AtomicWrite(IPersistentRepresentation[] events)
    {
        _content = events;
        (First, Last, Size) = (events[0], events[^1], events.Length);
        CheckOneId(events);
    }

    /// <summary>An <see cref="IImmutableList{T}"/> of <see cref="IPersistentRepresentation"/>.</summary>
    public object Payload => _content switch
    {
        IPersistentRepresentation one => ImmutableArray.Create(one),
        IPersistentRepresentation[] many => ImmutableArray.Create(many),
        _ => _content
    };

    public IActorRef? Sender => ActorRefs.NoSender;

    public int Size { get; }

    public string PersistenceId => First.PersistenceId;

    public long LowestSequenceNr => First.SequenceNr;

    public long HighestSequenceNr => Last.SequenceNr;

    /// <summary>The events, without the list that <see cref="Payload"/> makes of them.</summary>
    internal EventsOf Events => new(_content, Size);

    private IPersistentRepresentation First { get; }

    private IPersistentRepresentation Last { get; }

    public bool Equals(AtomicWrite? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Size == other.Size && PersistenceId == other.PersistenceId && LowestSequenceNr == other.LowestSequenceNr
            && HighestSequenceNr == other.HighestSequenceNr && Events.SequenceEqual(other.Events));

    public override bool Equals(object? obj) => Equals(obj as AtomicWrite);

    public override int GetHashCode() => HashCode.Combine(PersistenceId, LowestSequenceNr, HighestSequenceNr, Size);

    public override string ToString() =>
        $"AtomicWrite<pid: {PersistenceId}, lowSeqNr: {LowestSequenceNr}, highSeqNr: {HighestSequenceNr}, size: {Size}, sender: {Sender}>";

    private void CheckOneId(IEnumerable<IPersistentRepresentation> events)
    {
        foreach (var other in events)
        {
            if (other.PersistenceId != PersistenceId)
                throw new ArgumentException(
                    $"The events of an atomic write must have one persistence id, but there are [{PersistenceId}] and [{other.PersistenceId}]", nameof(events));
        }
    }

    /// <summary>One event, an array of them, or a list.</summary>
    internal readonly struct EventsOf(object content, int count) : IEnumerable<IPersistentRepresentation>
    {
        public int Count => count;

        public IPersistentRepresentation this[int index] => content switch
        {
            IPersistentRepresentation one => one,
            IPersistentRepresentation[] many => many[index],
            _ => ((IImmutableList<IPersistentRepresentation>)content)[index]
        };

        public IEnumerator<IPersistentRepresentation> GetEnumerator()
        {
            for (var i = 0; i < Count; i++)
                yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public bool SequenceEqual(EventsOf other) => Enumerable.SequenceEqual(this, other);
    }
}

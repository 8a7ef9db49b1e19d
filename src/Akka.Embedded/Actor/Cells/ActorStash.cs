namespace Akka.Actor;

/// <summary>The stash of one incarnation. Messages go back to the front of the mailbox in the order in which they came.</summary>
internal sealed class ActorStash(ActorCell cell, int capacity) : IStash
{
    private readonly LinkedList<Envelope> _stashed = new();

    public int Count => _stashed.Count;

    public bool IsEmpty => Count == 0;

    public bool NonEmpty => Count > 0;

    public bool IsFull => capacity >= 0 && Count >= capacity;

    public int Capacity => capacity;

    public void Stash()
    {
        if (cell.CurrentMessage is not { } message)
            throw new IllegalActorStateException("Can't stash: there is no current message");
        if (cell.IsStashed)
            throw new IllegalActorStateException($"Can't stash the same message {message} more than once");
        if (IsFull)
            throw new StashOverflowException($"Couldn't enqueue message {message} from {cell.Sender} to stash of {cell.Self}: its capacity is {capacity}");
        cell.IsStashed = true;
        _stashed.AddLast(new Envelope(message, cell.Sender));
    }

    public void Unstash()
    {
        if (_stashed.First is not { } first)
            return;
        _stashed.RemoveFirst();
        cell.EnqueueFirst(first.Value);
    }

    public void UnstashAll() => UnstashAll(static _ => true);

    public void UnstashAll(Func<Envelope, bool> predicate)
    {
        for (var node = _stashed.Last; node is not null; node = node.Previous)
        {
            if (predicate(node.Value))
                cell.EnqueueFirst(node.Value);
        }

        _stashed.Clear();
    }

    public IEnumerable<Envelope> ClearStash()
    {
        var stashed = _stashed.ToArray();
        _stashed.Clear();
        return stashed;
    }

    public void Prepend(IEnumerable<Envelope> envelopes)
    {
        ArgumentNullException.ThrowIfNull(envelopes);
        var added = envelopes as IReadOnlyList<Envelope> ?? [.. envelopes];
        if (capacity >= 0 && added.Count > capacity - Count)
            throw new StashOverflowException($"Couldn't prepend {added.Count} messages to the stash of {cell.Self}: its capacity is {capacity}");
        for (var i = added.Count - 1; i >= 0; i--)
            _stashed.AddFirst(added[i]);
    }
}

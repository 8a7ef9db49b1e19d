namespace ActorNode.Jobs.Scheduling;

/// <summary>Entries by the time at which they want to be looked at: a binary heap in which each knows its place, so that any can leave.</summary>
internal sealed class TickHeap
{
    private readonly List<TickEntry> _entries = [];

    public int Count => _entries.Count;

    public TickEntry? First => _entries.Count == 0 ? null : _entries[0];

    public void Add(TickEntry entry)
    {
        entry.Place = _entries.Count;
        _entries.Add(entry);
        Up(entry);
    }

    public void Remove(TickEntry entry)
    {
        var last = _entries[^1];
        _entries.RemoveAt(_entries.Count - 1);
        if (last == entry)
            return;
        last.Place = entry.Place;
        Moved(last);
    }

    /// <summary>The entry's time is another one now.</summary>
    public void Moved(TickEntry entry)
    {
        Up(entry);
        Down(entry);
    }

    public void Clear() => _entries.Clear();

    private void Up(TickEntry entry)
    {
        var place = entry.Place;
        while (place > 0 && _entries[(place - 1) / 2].WakeAt > entry.WakeAt)
        {
            Put(_entries[(place - 1) / 2], place);
            place = (place - 1) / 2;
        }

        Put(entry, place);
    }

    private void Down(TickEntry entry)
    {
        var place = entry.Place;
        while (2 * place + 1 is var child && child < _entries.Count)
        {
            if (child + 1 < _entries.Count && _entries[child + 1].WakeAt < _entries[child].WakeAt)
                child++;
            if (_entries[child].WakeAt >= entry.WakeAt)
                break;
            Put(_entries[child], place);
            place = child;
        }

        Put(entry, place);
    }

    private void Put(TickEntry entry, int place)
    {
        _entries[place] = entry;
        entry.Place = place;
    }
}

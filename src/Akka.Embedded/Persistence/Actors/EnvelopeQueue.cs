using System.Diagnostics.CodeAnalysis;
using Akka.Actor;

namespace Akka.Persistence;

/// <summary>A queue with two ends in one array, which it gives up when it is empty: most actors never stash much.</summary>
internal sealed class EnvelopeQueue
{
    private Envelope[] _items = [];
    private int _first;

    public int Count { get; private set; }

    public void Add(Envelope item)
    {
        Reserve();
        _items[(_first + Count++) % _items.Length] = item;
    }

    public void AddFirst(Envelope item)
    {
        Reserve();
        _first = (_first + _items.Length - 1) % _items.Length;
        _items[_first] = item;
        Count++;
    }

    public bool TryTake([MaybeNullWhen(false)] out Envelope item)
    {
        item = default;
        if (Count == 0)
            return false;
        item = _items[_first];
        _items[_first] = default;
        _first = (_first + 1) % _items.Length;
        Taken();
        return true;
    }

    public bool TryTakeLast([MaybeNullWhen(false)] out Envelope item)
    {
        item = default;
        if (Count == 0)
            return false;
        var last = (_first + Count - 1) % _items.Length;
        item = _items[last];
        _items[last] = default;
        Taken();
        return true;
    }

    private void Taken()
    {
        if (--Count == 0)
            (_items, _first) = ([], 0);
    }

    private void Reserve()
    {
        if (Count < _items.Length)
            return;
        var grown = new Envelope[Math.Max(2, Count * 2)];
        for (var i = 0; i < Count; i++)
            grown[i] = _items[(_first + i) % _items.Length];
        (_items, _first) = (grown, 0);
    }
}

using System.Collections;
using System.Collections.Concurrent;

namespace Akka.Util;

/// <summary>A set for many threads; enumerating it sees a moving picture, never an exception.</summary>
public class ConcurrentSet<T> : ICollection<T> where T : notnull
{
    private readonly ConcurrentDictionary<T, byte> _items;

    public ConcurrentSet() => _items = new ConcurrentDictionary<T, byte>();

    public ConcurrentSet(IEnumerable<T> collection) => _items = new ConcurrentDictionary<T, byte>(Pairs(collection));

    public ConcurrentSet(IEqualityComparer<T> comparer) => _items = new ConcurrentDictionary<T, byte>(comparer);

    public ConcurrentSet(IEnumerable<T> collection, IEqualityComparer<T> comparer) =>
        _items = new ConcurrentDictionary<T, byte>(Pairs(collection), comparer);

    public ConcurrentSet(int concurrencyLevel, int capacity) => _items = new ConcurrentDictionary<T, byte>(concurrencyLevel, capacity);

    public ConcurrentSet(int concurrencyLevel, IEnumerable<T> collection, IEqualityComparer<T> comparer) =>
        _items = new ConcurrentDictionary<T, byte>(concurrencyLevel, Pairs(collection), comparer);

    public ConcurrentSet(int concurrencyLevel, int capacity, IEqualityComparer<T> comparer) =>
        _items = new ConcurrentDictionary<T, byte>(concurrencyLevel, capacity, comparer);

    public bool IsEmpty => _items.IsEmpty;

    public int Count => _items.Count;

    bool ICollection<T>.IsReadOnly => false;

    public bool Contains(T item) => _items.ContainsKey(item);

    public bool TryAdd(T item) => _items.TryAdd(item, 0);

    public bool TryRemove(T item) => _items.TryRemove(item, out _);

    public void Clear() => _items.Clear();

    void ICollection<T>.Add(T item) => TryAdd(item);

    bool ICollection<T>.Remove(T item) => TryRemove(item);

    void ICollection<T>.CopyTo(T[] array, int arrayIndex) => _items.Keys.CopyTo(array, arrayIndex);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => _items.Keys.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.Keys.GetEnumerator();

    private static IEnumerable<KeyValuePair<T, byte>> Pairs(IEnumerable<T> items) => items.Select(item => KeyValuePair.Create(item, (byte)0));
}

using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor.Internal;

namespace Akka.Actor;

/// <summary>
/// The children of one cell by name. Changed by the parent (and, for the guardians, by whoever starts top-level actors), read
/// by anybody who resolves a path: hence the lock. A name is free again only when the parent has heard of the death.
/// </summary>
internal sealed class Children : IReadOnlyCollection<ChildRestartStats>
{
    private readonly HashSet<LocalActorRef> _byName = new(ByName.Instance);
    private Dictionary<LocalActorRef, ChildRestartStats>? _stats;
    private HashSet<LocalActorRef>? _dying;
    private long _anonymous;

    public bool IsEmpty
    {
        get
        {
            lock (_byName)
                return _byName.Count == 0;
        }
    }

    public int Count
    {
        get
        {
            lock (_byName)
                return _byName.Count;
        }
    }

    /// <summary>Whether children that were told to stop are still there: a restart waits for those.</summary>
    public bool AnyDying
    {
        get
        {
            lock (_byName)
                return _dying is { Count: > 0 };
        }
    }

    /// <summary>All children, in a form that costs nothing until a strategy looks at it.</summary>
    public IReadOnlyCollection<ChildRestartStats> AllStats => this;

    public string NextAnonymousName() => AnonymousName.Of(Interlocked.Increment(ref _anonymous) - 1);

    public bool TryAdd(LocalActorRef child)
    {
        lock (_byName)
            return _byName.Add(child);
    }

    public bool TryGet(string name, [NotNullWhen(true)] out LocalActorRef? child)
    {
        lock (_byName)
            return Names.TryGetValue(name, out child);
    }

    public bool Contains(LocalActorRef child) => TryGet(child.Name, out var present) && ReferenceEquals(present, child);

    public void MarkDying(LocalActorRef child)
    {
        lock (_byName)
            (_dying ??= []).Add(child);
    }

    public bool Remove(LocalActorRef child)
    {
        lock (_byName)
        {
            if (!_byName.TryGetValue(child, out var present) || !ReferenceEquals(present, child))
                return false;
            _byName.Remove(child);
            _dying?.Remove(child);
            _stats?.Remove(child);
            return true;
        }
    }

    public LocalActorRef[] Refs()
    {
        lock (_byName)
            return [.. _byName];
    }

    /// <summary>All references, copied only when somebody looks.</summary>
    public IEnumerable<IInternalActorRef> AsRefs()
    {
        foreach (var child in Refs())
            yield return child;
    }

    /// <summary>Made at a child's first failure. On the parent's turn only.</summary>
    public ChildRestartStats StatsOf(LocalActorRef child)
    {
        lock (_byName)
        {
            _stats ??= [];
            if (!_stats.TryGetValue(child, out var stats))
                _stats.Add(child, stats = new ChildRestartStats(child));
            return stats;
        }
    }

    public IEnumerator<ChildRestartStats> GetEnumerator() => Refs().Select(StatsOf).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private HashSet<LocalActorRef>.AlternateLookup<string> Names => _byName.GetAlternateLookup<string>();

    /// <summary>Siblings differ by name; a name alone finds one, so that the table need not hold the names again.</summary>
    private sealed class ByName : IEqualityComparer<LocalActorRef>, IAlternateEqualityComparer<string, LocalActorRef>
    {
        public static readonly ByName Instance = new();

        public bool Equals(LocalActorRef? x, LocalActorRef? y) => string.Equals(x?.Name, y?.Name, StringComparison.Ordinal);

        public int GetHashCode(LocalActorRef obj) => GetHashCode(obj.Name);

        public bool Equals(string alternate, LocalActorRef other) => string.Equals(alternate, other.Name, StringComparison.Ordinal);

        public int GetHashCode(string alternate) => alternate.GetHashCode(StringComparison.Ordinal);

        public LocalActorRef Create(string alternate) => throw new NotSupportedException("A name alone makes no child");
    }
}

/// <summary>Names of actors that got none: $a, $b, ... $~, $ab and so on; never valid as a given name.</summary>
internal static class AnonymousName
{
    private const string Digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";

    public static string Of(long number)
    {
        Span<char> text = stackalloc char[12];
        var length = 0;
        text[length++] = '$';
        do
        {
            text[length++] = Digits[(int)(number & 63)];
            number >>= 6;
        }
        while (number != 0);
        return new string(text[..length]);
    }
}

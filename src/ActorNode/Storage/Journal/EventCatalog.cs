using System.Collections.Frozen;

namespace ActorNode.Storage.Journal;

/// <summary>The event types of a node: one name a type and one type a name. Immutable.</summary>
public sealed class EventCatalog
{
    private readonly FrozenDictionary<Type, EventType> _byType;
    private readonly FrozenDictionary<string, EventType> _byManifest;

    /// <exception cref="ArgumentException">A type or a manifest stands twice.</exception>
    public EventCatalog(IReadOnlyCollection<EventType> types)
    {
        _byType = Unique(types, type => type.Json.Type, "type").ToFrozenDictionary();
        _byManifest = Unique(types, type => type.Manifest, "manifest").ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The types that are written by this catalog.</summary>
    public IEnumerable<Type> Types => _byType.Keys;

    /// <summary>Null when the type is not of this catalog.</summary>
    public EventType? Find(Type type) => _byType.GetValueOrDefault(type);

    /// <summary>Null when no type has this name.</summary>
    public EventType? Find(string manifest) => _byManifest.GetValueOrDefault(manifest);

    private static Dictionary<TKey, EventType> Unique<TKey>(IEnumerable<EventType> types, Func<EventType, TKey> key, string what)
        where TKey : notnull
    {
        var unique = new Dictionary<TKey, EventType>();
        foreach (var type in types)
        {
            if (!unique.TryAdd(key(type), type))
                throw new ArgumentException($"{what} '{key(type)}' stands twice", nameof(types));
        }

        return unique;
    }
}

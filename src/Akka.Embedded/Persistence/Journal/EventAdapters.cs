using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Util;

namespace Akka.Persistence.Journal;

/// <summary>
/// The event adapters of one journal by the type of the event: the one bound to the most specific type that fits, else none. Safe
/// from any thread.
/// </summary>
public class EventAdapters
{
    private readonly ConcurrentDictionary<Type, IEventAdapter> _known;
    private readonly KeyValuePair<Type, IEventAdapter>[] _bindings;
    private readonly ILoggingAdapter _log;

    protected EventAdapters(ConcurrentDictionary<Type, IEventAdapter> map, IEnumerable<KeyValuePair<Type, IEventAdapter>> bindings, ILoggingAdapter log)
    {
        _known = map;
        _bindings = [.. bindings];
        _log = log;
    }

    /// <summary>Nothing is bound, so there is nothing to look up.</summary>
    internal bool AreEmpty => _bindings.Length == 0;

    /// <summary>From <c>event-adapters</c> (name = type) and <c>event-adapter-bindings</c> (type = name or names) of a journal's settings.</summary>
    public static EventAdapters Create(ExtendedActorSystem system, Config? config)
    {
        var adapters = new Dictionary<string, IEventAdapter>(StringComparer.Ordinal);
        foreach (var (name, type) in config?.GetConfig("event-adapters")?.AsEnumerable() ?? [])
            adapters[name] = Instantiate(system, name, type.GetString()!);
        var bindings = new List<KeyValuePair<Type, IEventAdapter>>();
        foreach (var (typeName, value) in config?.GetConfig("event-adapter-bindings")?.AsEnumerable() ?? [])
        {
            var names = value.IsArray() ? value.GetStringList() : [value.GetString()!];
            var bound = names.Select(name => adapters.TryGetValue(name, out var adapter)
                ? adapter
                : throw new ArgumentException($"{typeName} is bound to the event adapter [{name}], which does not exist: there are [{string.Join(", ", adapters.Keys)}]"))
                .ToArray();
            var type = TypeNames.Resolve(typeName, "event-adapter-bindings");
            bindings.Add(KeyValuePair.Create(type, bound.Length == 1 ? bound[0] : new ReadOnlyEventAdapter(new CombinedReadEventAdapter(bound))));
        }

        return new EventAdapters(new ConcurrentDictionary<Type, IEventAdapter>(), Sort(bindings), system.Log);
    }

    public IEventAdapter Get<T>() => Get(typeof(T));

    public virtual IEventAdapter Get(Type type) => AreEmpty ? IdentityEventAdapter.Instance : _known.GetOrAdd(type, Find);

    private IEventAdapter Find(Type type)
    {
        foreach (var (bound, adapter) in _bindings)
        {
            if (bound.IsAssignableFrom(type))
            {
                _log.Debug("Using event adapter {Adapter} for events of type {Type}", adapter.GetType(), type);
                return adapter;
            }
        }

        return IdentityEventAdapter.Instance;
    }

    /// <summary>Each type before those that it derives from.</summary>
    private static List<KeyValuePair<Type, IEventAdapter>> Sort(List<KeyValuePair<Type, IEventAdapter>> bindings)
    {
        var sorted = new List<KeyValuePair<Type, IEventAdapter>>();
        foreach (var binding in bindings)
        {
            var behind = sorted.FindIndex(other => other.Key.IsAssignableFrom(binding.Key));
            sorted.Insert(behind < 0 ? sorted.Count : behind, binding);
        }

        return sorted;
    }

    private static IEventAdapter Instantiate(ExtendedActorSystem system, string name, string typeName)
    {
        var setting = $"event-adapters.{name}";
        var type = TypeNames.Resolve(typeName, setting);
        var adapter = type.GetConstructor([typeof(ExtendedActorSystem)]) is not null
            ? TypeNames.Instantiate<object>(typeName, setting, system)
            : TypeNames.Instantiate<object>(typeName, setting);
        return adapter switch
        {
            IEventAdapter both => both,
            IWriteEventAdapter writer => new WriteOnlyEventAdapter(writer),
            IReadEventAdapter reader => new ReadOnlyEventAdapter(reader),
            _ => throw new ConfigurationException($"{setting} names the type [{typeName}], which is no event adapter")
        };
    }
}

using System.Collections.Frozen;

namespace ActorNode.Jobs.Adapters;

/// <summary>The kinds of tasks of a node: its adapters, and the bridges that there are at the moment. Thread-safe.</summary>
/// <param name="adapters">Those of the node and of the application; names in lower case, each once.</param>
/// <param name="bridges">A bridge as an adapter by its name in lower case, or null.</param>
public sealed class AdapterCatalog(IEnumerable<IAdapterType> adapters, Func<string, IAdapterType?>? bridges = null)
{
    private readonly FrozenDictionary<string, IAdapterType> _adapters = adapters.ToFrozenDictionary(adapter => adapter.Name, StringComparer.Ordinal);

    /// <summary>The kind of that name, or null. An adapter comes before a bridge of its name.</summary>
    public IAdapterType? Find(string type) => _adapters.GetValueOrDefault(type) ?? bridges?.Invoke(type);

    /// <summary>Whether a name is an adapter's, so that no bridge may have it.</summary>
    public bool IsAdapter(string type) => _adapters.ContainsKey(type);
}

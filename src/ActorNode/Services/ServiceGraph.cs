using System.Collections.Immutable;

namespace ActorNode.Services;

/// <summary>Which service depends on which. Pure and immutable; names in order of registration.</summary>
internal sealed record ServiceGraph(ImmutableArray<string> Names, ImmutableDictionary<string, ImmutableArray<string>> Dependencies)
{
    public static readonly ServiceGraph Empty = new([], ImmutableDictionary<string, ImmutableArray<string>>.Empty);

    public bool Contains(string name) => Dependencies.ContainsKey(name);

    /// <summary>The services that one needs directly.</summary>
    public ImmutableArray<string> DependenciesOf(string name) => Dependencies[name];

    /// <summary>Adds a service, or gives one other dependencies. Doubles are dropped.</summary>
    public ServiceGraph With(string name, IEnumerable<string> dependencies) => new(
        Contains(name) ? Names : Names.Add(name),
        Dependencies.SetItem(name, [.. dependencies.Distinct(StringComparer.Ordinal)]));

    public ServiceGraph Without(string name) => new(Names.Remove(name), Dependencies.Remove(name));

    /// <summary>Those that need a service directly, in order of registration.</summary>
    public IEnumerable<string> DependentsOf(string name) => Names.Where(n => Dependencies[n].Contains(name));

    /// <summary>Those that need a service, directly or through others.</summary>
    public ImmutableHashSet<string> AllDependentsOf(string name)
    {
        var found = ImmutableHashSet<string>.Empty;
        var open = new Stack<string>([name]);
        while (open.TryPop(out var next))
        {
            foreach (var dependent in DependentsOf(next).Where(d => !found.Contains(d)))
            {
                found = found.Add(dependent);
                open.Push(dependent);
            }
        }

        return found;
    }

    /// <summary>Why these services cannot all start: every unknown dependency, or else the first cycle. Null: they can.</summary>
    public string? Problem()
    {
        var unknown = Names
            .SelectMany(n => Dependencies[n].Where(d => !Contains(d)).Select(d => $"service '{n}' depends on '{d}', which does not exist"))
            .ToArray();
        if (unknown.Length > 0)
            return string.Join("; ", unknown);
        return Cycle() is { } cycle ? $"circular service dependency: {string.Join(" -> ", cycle)}" : null;
    }

    /// <summary>The order in which services can start: each after its dependencies, otherwise as registered. With a problem: some order of all.</summary>
    public ImmutableArray<string> StartOrder()
    {
        var order = ImmutableArray.CreateBuilder<string>(Names.Length);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in Names)
            Visit(name);
        return order.ToImmutable();

        void Visit(string name)
        {
            if (!Contains(name) || !seen.Add(name))
                return;
            foreach (var dependency in Dependencies[name])
                Visit(dependency);
            order.Add(name);
        }
    }

    /// <summary>A cycle from a service back to itself, or null. Unknown names are none of its business.</summary>
    public ImmutableArray<string>? Cycle()
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        var path = new List<string>();
        foreach (var name in Names)
        {
            if (Search(name) is { } cycle)
                return cycle;
        }

        return null;

        ImmutableArray<string>? Search(string name)
        {
            var before = path.IndexOf(name);
            if (before >= 0)
                return [.. path[before..], name];
            if (!Contains(name) || done.Contains(name))
                return null;
            path.Add(name);
            foreach (var dependency in Dependencies[name])
            {
                if (Search(dependency) is { } cycle)
                    return cycle;
            }

            path.RemoveAt(path.Count - 1);
            done.Add(name);
            return null;
        }
    }
}

/// <summary>The node's services cannot be started as they are: a cycle, an unknown dependency, a name taken twice.</summary>
public sealed class ServiceGraphException(string message) : Exception(message);

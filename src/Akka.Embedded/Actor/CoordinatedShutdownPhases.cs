using Akka.Configuration;

namespace Akka.Actor;

/// <summary>One phase as it is configured.</summary>
internal sealed record CoordinatedShutdownPhase(string Name, IReadOnlyList<string> DependsOn, TimeSpan Timeout, bool Recover, bool Enabled);

/// <summary>The phases of a shutdown in an order that respects what each depends on.</summary>
internal sealed class CoordinatedShutdownPhases
{
    private readonly Dictionary<string, CoordinatedShutdownPhase> _byName;

    private CoordinatedShutdownPhases(Dictionary<string, CoordinatedShutdownPhase> byName)
    {
        _byName = byName;
        InOrder = Sort();
    }

    /// <summary>Every phase after those it depends on; phases that do not depend on each other by name, so that the order is always the same.</summary>
    public IReadOnlyList<CoordinatedShutdownPhase> InOrder { get; }

    public CoordinatedShutdownPhase? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>
    /// Reads <c>akka.coordinated-shutdown</c>. A phase that is only named in a <c>depends-on</c> exists too, with the default time.
    /// Throws where phases depend on each other in a circle.
    /// </summary>
    public static CoordinatedShutdownPhases FromConfig(Config config)
    {
        var standard = config.GetTimeSpan("default-phase-timeout", TimeSpan.FromSeconds(5), allowInfinite: false);
        var phases = new Dictionary<string, CoordinatedShutdownPhase>(StringComparer.Ordinal);
        foreach (var (name, value) in config.GetConfig("phases")?.AsEnumerable() ?? [])
        {
            var phase = value.IsObject() ? value.ToConfig() : Config.Empty;
            phases.Add(name, new CoordinatedShutdownPhase(
                name,
                [.. phase.GetStringList("depends-on")],
                phase.GetTimeSpan("timeout", standard, allowInfinite: false),
                phase.GetBoolean("recover", true),
                phase.GetBoolean("enabled", true)));
        }

        foreach (var name in phases.Values.SelectMany(phase => phase.DependsOn).ToList())
            phases.TryAdd(name, new CoordinatedShutdownPhase(name, [], standard, Recover: true, Enabled: true));
        return new CoordinatedShutdownPhases(phases);
    }

    private List<CoordinatedShutdownPhase> Sort()
    {
        var sorted = new List<CoordinatedShutdownPhase>(_byName.Count);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var path = new List<string>();
        foreach (var name in _byName.Keys.Order(StringComparer.Ordinal))
            Visit(name);
        return sorted;

        void Visit(string name)
        {
            if (done.Contains(name))
                return;
            var start = path.IndexOf(name);
            if (start >= 0)
                throw new ConfigurationException($"The phases of the coordinated shutdown depend on each other in a circle: {string.Join(" -> ", path.Skip(start).Append(name))}.");

            path.Add(name);
            foreach (var before in _byName[name].DependsOn.Order(StringComparer.Ordinal))
                Visit(before);
            path.RemoveAt(path.Count - 1);
            done.Add(name);
            sorted.Add(_byName[name]);
        }
    }
}

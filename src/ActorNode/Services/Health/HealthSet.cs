using System.Collections.Immutable;

namespace ActorNode.Services.Health;

/// <summary>All targets and their health. Pure and immutable.</summary>
internal sealed record HealthSet(ImmutableArray<HealthTarget> Targets, ImmutableDictionary<string, TargetHealth> Health)
{
    public static readonly HealthSet Empty = new([], ImmutableDictionary<string, TargetHealth>.Empty);

    /// <summary>The targets of a new discovery: known ones keep their health, new ones begin as the settings say. A name given twice counts once.</summary>
    public HealthSet With(ImmutableArray<HealthTarget> targets, HealthSettings settings)
    {
        ImmutableArray<HealthTarget> distinct = [.. targets.DistinctBy(t => t.Name, StringComparer.Ordinal)];
        return new HealthSet(distinct, distinct.ToImmutableDictionary(
            t => t.Name, t => Health.TryGetValue(t.Name, out var known) ? known : new TargetHealth(settings.InitiallyHealthy, 0), StringComparer.Ordinal));
    }

    /// <summary>After a check of one target. A target that is gone meanwhile changes nothing.</summary>
    public HealthSet After(string name, bool good, HealthSettings settings) =>
        Health.TryGetValue(name, out var health) ? this with { Health = Health.SetItem(name, health.After(good, settings)) } : this;

    public bool IsHealthy(string name) => Health.TryGetValue(name, out var health) && health.Healthy;

    /// <summary>True when work may go to it: it is known, enabled and healthy.</summary>
    public bool IsReady(string name) => IsHealthy(name) && Targets.Any(t => t.Name == name && t.Enabled);
}

using System.Collections.Immutable;

namespace ActorNode.Services.Health;

/// <summary>What is checked. The name is its identity: health is kept for as long as discovery names it. A disabled one is never ready.</summary>
public sealed record HealthTarget(string Name, bool Enabled = true);

/// <summary>Finds the targets.</summary>
public interface IHealthDiscovery
{
    /// <summary>All targets there are now. What it throws leaves the former ones in place.</summary>
    Task<ImmutableArray<HealthTarget>> DiscoverAsync(CancellationToken cancellationToken);
}

/// <summary>Checks one target.</summary>
public interface IHealthCheck
{
    /// <summary>Returns when the target is well; whatever it throws is a failed check.</summary>
    Task CheckAsync(HealthTarget target, CancellationToken cancellationToken);
}

/// <summary>Is told when a target's health flips.</summary>
public interface IHealthObserver
{
    /// <summary>Called once for each flip, one call at a time. <paramref name="error"/> is why an unhealthy one is.</summary>
    void Changed(HealthTarget target, bool healthy, string? error);
}

namespace ActorNode.Services.Health;

/// <summary>How one <see cref="HealthCheckService"/> checks its targets.</summary>
public sealed record HealthSettings
{
    /// <summary>The pause between the beginnings of two discoveries. Null: one discovery, at the start.</summary>
    public TimeSpan? UpdateInterval { get; init; }

    /// <summary>The pause between the beginnings of two rounds of checks. Null: one round, at the start.</summary>
    public TimeSpan? CheckInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Each pause is longer by up to this share of itself, so that many nodes do not check at once. 0: none.</summary>
    public double Jitter { get; init; } = 0.1;

    /// <summary>Good results in a row that make an unhealthy target healthy.</summary>
    public int HealthyThreshold { get; init; } = 1;

    /// <summary>Failed checks in a row that make a healthy target unhealthy.</summary>
    public int UnhealthyThreshold { get; init; } = 1;

    /// <summary>A check that takes longer has failed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The most checks under way at once.</summary>
    public int Parallelism { get; init; } = 8;

    /// <summary>Whether a target is taken for healthy before it was checked.</summary>
    public bool InitiallyHealthy { get; init; } = true;

    /// <exception cref="ArgumentException">A value breaks its rule; it names both.</exception>
    internal HealthSettings Checked()
    {
        Refuse(UpdateInterval is { } update && update <= TimeSpan.Zero, nameof(UpdateInterval), "should be more than zero");
        Refuse(CheckInterval is { } check && check <= TimeSpan.Zero, nameof(CheckInterval), "should be more than zero");
        Refuse(Jitter is not (>= 0 and <= 1), nameof(Jitter), "should be from 0 to 1");
        Refuse(HealthyThreshold < 1, nameof(HealthyThreshold), "should be 1 or more");
        Refuse(UnhealthyThreshold < 1, nameof(UnhealthyThreshold), "should be 1 or more");
        Refuse(Timeout <= TimeSpan.Zero, nameof(Timeout), "should be more than zero");
        Refuse(Parallelism < 1, nameof(Parallelism), "should be 1 or more");
        return this;
    }

    private static void Refuse(bool broken, string name, string rule)
    {
        if (broken)
            throw new ArgumentException($"{name} {rule}", name);
    }
}

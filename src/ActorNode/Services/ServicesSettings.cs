using ActorNode.Configuration;

namespace ActorNode.Services;

/// <summary>Settings of background services: the section <c>actornode.services</c>. A service's own options win over them.</summary>
public sealed record ServicesSettings : ISettingsRules
{
    internal const int MostThreads = 256;
    internal static readonly TimeSpan LongestTimer = TimeSpan.FromDays(30);

    /// <summary>Threads of each service; 0: it shares those of the process.</summary>
    [InRange("0", "256")]
    public int Threads { get; init; } = 1;

    /// <summary>How long a service waits for its dependencies before it fails. Null: for ever.</summary>
    [InRange("1 s", "30 d")]
    public TimeSpan? DependencyTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a service that waits for its dependencies says so.</summary>
    [InRange("100 ms", "1 d")]
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Wait before the first restart of a failed service; doubles with each further one in a row.</summary>
    [InRange("1 ms", "1 d")]
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait before a restart.</summary>
    [InRange("1 ms", "1 d")]
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A run that lasted so long ends the row of restarts.</summary>
    [InRange("1 s", "30 d")]
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Restarts in a row before a service is given up.</summary>
    [InRange("0", "1000000000")]
    public int MaxRestarts { get; init; } = 10;

    /// <summary>Whether the node stops when a service is given up. Otherwise it goes on, not ready.</summary>
    public bool StopNodeWhenGivenUp { get; init; }

    /// <summary>The time that all services of a stopping node have together to finish; it ends as soon as all of them have.</summary>
    [InRange("0", "1 d")]
    public TimeSpan GracePeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time that services have to end at once, by a fast stop or after the grace period. Then they are left behind.</summary>
    [InRange("0", "1 h")]
    public TimeSpan FastTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Rule)> Problems()
    {
        if (MinBackoff > MaxBackoff)
            yield return ("min-backoff", "is longer than max-backoff");
    }
}

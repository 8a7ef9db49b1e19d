using System.Collections.Immutable;
using ActorNode.Protocol.Messages;

namespace ActorNode.Services;

/// <summary>What follows when a run of a service ends.</summary>
public enum EndPolicy
{
    /// <summary>Nothing: it stays ended.</summary>
    Ignore,

    /// <summary>It runs again, after its back-off.</summary>
    Restart,

    /// <summary>The node stops, with an exit code that says that it failed.</summary>
    StopNode,
}

/// <summary>What a run that ended without ever having been ready means to its dependents.</summary>
public enum ReadyOnDrop
{
    /// <summary>A failure: they do not start.</summary>
    FailDependents,

    /// <summary>They start, as if it had been ready.</summary>
    Ready,
}

/// <summary>How one background service is run. What is null is as <see cref="ServicesSettings"/> says.</summary>
public sealed record ServiceOptions
{
    /// <summary>The services that must be ready before this one starts, and that stop after it.</summary>
    public ImmutableArray<string> DependsOn { get; init; } = [];

    /// <summary>What follows when it returns.</summary>
    public EndPolicy OnCompletion { get; init; } = EndPolicy.Ignore;

    /// <summary>What follows when it throws.</summary>
    public EndPolicy OnFailure { get; init; } = EndPolicy.Restart;

    /// <summary>What a run means that ended without ever having been ready.</summary>
    public ReadyOnDrop ReadyOnDrop { get; init; } = ReadyOnDrop.FailDependents;

    /// <summary>Threads of its own; 0: those of the shared pool, for a service that never blocks.</summary>
    public int? Threads { get; init; }

    /// <summary>How long it waits for its dependencies before it fails. It starts nevertheless once they are ready.</summary>
    public TimeSpan? DependencyTimeout { get; init; }

    /// <summary>Restarts in a row before it is given up.</summary>
    public int? MaxRestarts { get; init; }

    /// <summary>Whether the node stops when the service is given up.</summary>
    public bool? StopNodeWhenGivenUp { get; init; }
}

/// <summary>
/// A background service by name. <paramref name="Create"/> makes the instance of each run, on the service's own threads; what it throws is
/// a failed run.
/// </summary>
public sealed record ServiceDefinition(string Name, Func<IBackgroundService> Create, ServiceOptions Options)
{
    /// <summary>What is wrong with it, naming field and rule; null: nothing.</summary>
    internal string? Problem()
    {
        if (TextRule.Problem(Name) is { } name)
            return $"name {name}";
        if (Options.DependsOn.IsDefault)
            return $"service '{Name}': depends-on is not set";
        if (Options.Threads is < 0 or > ServicesSettings.MostThreads)
            return $"service '{Name}': threads is {Options.Threads}, but should be from 0 to {ServicesSettings.MostThreads}";
        if (Options.MaxRestarts < 0)
            return $"service '{Name}': max-restarts is {Options.MaxRestarts}, but should be 0 or more";
        if (Options.DependencyTimeout is { } timeout && (timeout <= TimeSpan.Zero || timeout > ServicesSettings.LongestTimer))
            return $"service '{Name}': dependency-timeout is {timeout}, but should be more than zero and at most {ServicesSettings.LongestTimer.TotalDays} d";
        return null;
    }
}

using System.Collections.Immutable;
using ActorNode.Protocol.Services;
using ActorNode.Storage;

namespace ActorNode.Services;

/// <summary>
/// The life of one background service, from its registration to its end. Pure: <see cref="Decide"/> takes the time and the random number,
/// <see cref="Apply"/> the time. At most one run is under way; whatever an earlier run says is ignored.
/// </summary>
internal sealed record ServiceLife(ServicePolicy Policy, ServiceState State, DateTimeOffset Since)
{
    public LifeInput.Dependencies Dependencies { get; init; } = new([], null);

    /// <summary>When the present wait for dependencies began; null: it does not wait, or was not told yet that it may start.</summary>
    public DateTimeOffset? WaitingSince { get; init; }

    /// <summary>The number of the latest run; the first is 1.</summary>
    public int Run { get; init; }

    public DateTimeOffset RunSince { get; init; }

    /// <summary>The latest run was ready at some time.</summary>
    public bool WasReady { get; init; }

    /// <summary>A run ended without ever having been ready, and the policy is to let dependents go all the same.</summary>
    public bool Released { get; init; }

    /// <summary>Failed because of its dependencies: it starts once they are ready.</summary>
    public bool ByDependency { get; init; }

    /// <summary>Failed runs in a row.</summary>
    public int Failures { get; init; }

    public int Restarts { get; init; }

    public string? LastError { get; init; }

    public DateTimeOffset? RestartAt { get; init; }

    public ShutdownRequest? Shutdown { get; init; }

    public bool LeftBehind { get; init; }

    /// <summary>A run is under way.</summary>
    public bool Running => State is ServiceState.Starting or ServiceState.Ready or ServiceState.Degraded or ServiceState.Stopping;

    /// <summary>Dependents may start and work.</summary>
    public bool Up => State is ServiceState.Ready or ServiceState.Completed
        || (Released && State is ServiceState.Starting or ServiceState.Restarting or ServiceState.Failed);

    /// <summary>A service that waits to be told about its dependencies.</summary>
    public static ServiceLife New(ServicePolicy policy, DateTimeOffset now) => new(policy, ServiceState.Waiting, now);

    /// <summary>What follows from an input. <paramref name="random"/> is from 0 to 1.</summary>
    public ImmutableArray<LifeEvent> Decide(LifeInput input, DateTimeOffset now, double random) => input switch
    {
        LifeInput.Dependencies dependencies => OnDependencies(dependencies),
        LifeInput.WaitOver when State == ServiceState.Waiting && WaitingSince is { } since =>
            FailByDependency($"waited {(now - since).TotalSeconds:0.###} s for {string.Join(", ", Dependencies.Missing)}"),
        LifeInput.Ready ready when IsOf(ready.Run) && State is ServiceState.Starting or ServiceState.Degraded => [new LifeEvent.BecameReady()],
        LifeInput.Unready unready when IsOf(unready.Run) && State is ServiceState.Starting or ServiceState.Ready or ServiceState.Degraded =>
            [new LifeEvent.BecameUnready(unready.Reason)],
        LifeInput.RunEnded ended when IsOf(ended.Run) && Running => OnRunEnded(ended, now, random),
        LifeInput.RestartDue when State == ServiceState.Restarting => OnRestartDue(),
        LifeInput.Stop stop => OnStop(stop.Request),
        LifeInput.DeadlineOver when State == ServiceState.Stopping => OnDeadline(now),
        _ => [],
    };

    public ServiceLife Apply(LifeEvent @event, DateTimeOffset at) => @event switch
    {
        LifeEvent.DependenciesChanged e => this with { Dependencies = e.Now },
        LifeEvent.WaitBegan => To(ServiceState.Waiting, at) with { WaitingSince = at },
        LifeEvent.Started e => To(ServiceState.Starting, at) with { Run = e.Run, RunSince = at, WasReady = false, Restarts = e.Run - 1 },
        LifeEvent.BecameReady => To(ServiceState.Ready, at) with { WasReady = true, Released = false },
        LifeEvent.BecameUnready e => To(ServiceState.Degraded, at) with { LastError = e.Reason },
        LifeEvent.BackedOff e => To(ServiceState.Restarting, at) with
        {
            RestartAt = at + e.Delay,
            Failures = e.Failures,
            LastError = e.Error ?? LastError,
            Released = Policy.ReadyOnDrop && !WasReady,
        },
        LifeEvent.Completed => To(ServiceState.Completed, at),
        LifeEvent.Failed e => To(ServiceState.Failed, at) with
        {
            LastError = e.Error,
            ByDependency = e.ByDependency,
            Released = Policy.ReadyOnDrop && !e.ByDependency && !WasReady,
        },
        LifeEvent.StopBegan e => To(ServiceState.Stopping, at) with { Shutdown = e.Request },
        LifeEvent.Stopped e => To(ServiceState.Stopped, at) with { LastError = e.Error ?? LastError },
        LifeEvent.Abandoned => To(ServiceState.Stopped, at) with { LastError = "did not end when told to, its threads are left behind", LeftBehind = true },
        _ => this,
    };

    private ServiceLife To(ServiceState state, DateTimeOffset at) => this with
    {
        State = state,
        Since = state == State ? Since : at,
        WaitingSince = null,
        RestartAt = null,
        ByDependency = false,
    };

    private bool IsOf(int run) => run == Run;

    private ImmutableArray<LifeEvent> OnDependencies(LifeInput.Dependencies now)
    {
        var events = ImmutableArray.CreateBuilder<LifeEvent>();
        if (!now.Equals(Dependencies))
        {
            // Whoever runs is told; whoever waits has nothing to lose yet.
            events.Add(Running
                ? new LifeEvent.DependenciesChanged(now, [.. now.Missing.Except(Dependencies.Missing)], [.. Dependencies.Missing.Except(now.Missing)])
                : new LifeEvent.DependenciesChanged(now, [], []));
        }

        if (State == ServiceState.Waiting || (State == ServiceState.Failed && ByDependency))
        {
            if (now.Missing.IsEmpty)
                events.Add(new LifeEvent.Started(Run + 1));
            else if (State == ServiceState.Waiting && now.Failure is { } failure)
                events.AddRange(FailByDependency(failure));
            else if (State == ServiceState.Waiting && WaitingSince is null)
                events.Add(new LifeEvent.WaitBegan());
        }

        return events.ToImmutable();
    }

    private ImmutableArray<LifeEvent> OnRestartDue() =>
        Dependencies.Missing.IsEmpty ? [new LifeEvent.Started(Run + 1)]
        : Dependencies.Failure is { } failure ? FailByDependency(failure)
        : [new LifeEvent.WaitBegan()];

    private ImmutableArray<LifeEvent> FailByDependency(string error) => Policy.OnFailure == EndPolicy.StopNode
        ? [new LifeEvent.Failed(error, ByDependency: true), new LifeEvent.NodeStopAsked(error)]
        : [new LifeEvent.Failed(error, ByDependency: true)];

    private ImmutableArray<LifeEvent> OnRunEnded(LifeInput.RunEnded ended, DateTimeOffset now, double random)
    {
        if (State == ServiceState.Stopping)
            return [new LifeEvent.Stopped(ended.Cancelled ? null : ended.Error)];
        if (ended.Error is { } error)
            return OnFailure(error, now, random);
        if (!WasReady && !Policy.ReadyOnDrop)
            return OnFailure("returned before it was ready", now, random);
        return Policy.OnCompletion switch
        {
            EndPolicy.Restart => [new LifeEvent.BackedOff(Backoff.Delay(1, Policy.Settings.MinBackoff, Policy.Settings.MaxBackoff, random), 0, null)],
            EndPolicy.StopNode => [new LifeEvent.Completed(), new LifeEvent.NodeStopAsked("completed")],
            _ => [new LifeEvent.Completed()],
        };
    }

    private ImmutableArray<LifeEvent> OnFailure(string error, DateTimeOffset now, double random)
    {
        var failures = now - RunSince >= Policy.Settings.StableAfter ? 1 : Failures + 1;
        if (Policy.OnFailure == EndPolicy.Restart && failures <= Policy.MaxRestarts)
            return [new LifeEvent.BackedOff(Backoff.Delay(failures, Policy.Settings.MinBackoff, Policy.Settings.MaxBackoff, random), failures, error)];
        if (Policy.OnFailure == EndPolicy.Ignore)
            return [new LifeEvent.Failed(error, ByDependency: false)];

        var last = Policy.OnFailure == EndPolicy.Restart ? $"given up after {Policy.MaxRestarts} restarts in a row: {error}" : error;
        return Policy.OnFailure == EndPolicy.StopNode || Policy.StopNodeWhenGivenUp
            ? [new LifeEvent.Failed(last, ByDependency: false), new LifeEvent.NodeStopAsked(last)]
            : [new LifeEvent.Failed(last, ByDependency: false)];
    }

    private ImmutableArray<LifeEvent> OnStop(ShutdownRequest request) => State switch
    {
        ServiceState.Stopped => [],
        ServiceState.Stopping when request.Kind == ShutdownKind.Graceful || Shutdown!.Kind == ShutdownKind.Fast => [],
        _ when Running => [new LifeEvent.StopBegan(request)],
        _ => [new LifeEvent.Stopped(null)],
    };

    private ImmutableArray<LifeEvent> OnDeadline(DateTimeOffset now) => Shutdown!.Kind == ShutdownKind.Graceful
        ? [new LifeEvent.StopBegan(Shutdown with { Kind = ShutdownKind.Fast, Deadline = now + Policy.Settings.FastTimeout })]
        : [new LifeEvent.Abandoned()];
}

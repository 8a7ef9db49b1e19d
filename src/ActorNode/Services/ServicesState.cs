using System.Collections.Immutable;
using ActorNode.Protocol.Services;

namespace ActorNode.Services;

/// <summary>
/// One service as the services actor knows it. <paramref name="Managed"/>: it has an actor; otherwise it reports by itself.
/// <paramref name="Lost"/>: its actor ended by itself.
/// </summary>
internal sealed record ServiceRow(ServiceStatus Status, bool Managed, bool Up, bool LeftBehind = false, bool Lost = false);

/// <summary>
/// All services of the node: their graph, their states, the phase, the stop. Pure and immutable. Rows and graph have the same names.
/// </summary>
internal sealed record ServicesState(ServiceGraph Graph, ImmutableDictionary<string, ServiceRow> Rows, NodePhase Phase)
{
    public static readonly ServicesState Empty = new(ServiceGraph.Empty, ImmutableDictionary<string, ServiceRow>.Empty, NodePhase.Bootstrap);

    /// <summary>The dependencies were checked; services start.</summary>
    public bool Begun { get; init; }

    /// <summary>The node stops; the latest request.</summary>
    public ShutdownRequest? Shutdown { get; init; }

    /// <summary>Every service with what it waits for, in order of registration.</summary>
    public ImmutableArray<ServiceStatus> Statuses =>
        [.. Graph.Names.Select(n => Rows[n].Status with { DependsOn = Graph.DependenciesOf(n), WaitingFor = MissingOf(n) })];

    /// <summary>Every service was ready, or has done its work.</summary>
    public bool AllUp => Rows.Values.All(r => r.Up);

    /// <summary>No background service runs any more, or will.</summary>
    public bool AllEnded => Rows.Values.All(r => !r.Managed || r.Status.State == ServiceState.Stopped);

    /// <summary>The background services that did not end when told to.</summary>
    public ImmutableArray<string> LeftBehind => [.. Graph.Names.Where(n => Rows[n].LeftBehind)];

    /// <summary>The background services in the order in which they start.</summary>
    public IEnumerable<string> Managed => Graph.StartOrder().Where(n => Rows[n].Managed);

    public ImmutableArray<string> MissingOf(string name) =>
        [.. Graph.DependenciesOf(name).Where(d => !Rows.TryGetValue(d, out var row) || !row.Up)];

    /// <summary>What a background service should know of its dependencies.</summary>
    public LifeInput.Dependencies DependenciesOf(string name)
    {
        var missing = MissingOf(name);
        var failed = missing.Where(d => Rows.TryGetValue(d, out var row) && row.Status.State == ServiceState.Failed).ToArray();
        return new LifeInput.Dependencies(missing, failed is [] ? null : $"dependency '{failed[0]}' failed: {Rows[failed[0]].Status.LastError}");
    }

    /// <summary>
    /// The background services whose turn to stop has come: those on which no other depends that has not ended. A fast stop waits for nobody,
    /// and before the beginning nothing runs that could need another.
    /// </summary>
    public IEnumerable<string> MayStop() => !Begun || Shutdown is { Kind: ShutdownKind.Fast }
        ? Managed
        : Managed.Where(n => !Graph.AllDependentsOf(n).Any(d => Rows[d] is { Managed: true, Status.State: not ServiceState.Stopped }));

    /// <summary>Why a background service cannot be added now; null: it can.</summary>
    public string? ProblemOfAdding(ServiceDefinition definition)
    {
        if (definition.Problem() is { } problem)
            return problem;
        if (Shutdown is not null)
            return $"service '{definition.Name}': the node is stopping";
        if (Graph.Contains(definition.Name))
            return $"service '{definition.Name}' exists already";
        // Before the beginning others may still come; the beginning checks all of them.
        return Begun ? Graph.With(definition.Name, definition.Options.DependsOn).Problem() : null;
    }

    /// <summary>Why a background service cannot be removed now; null: it can.</summary>
    public string? ProblemOfRemoving(string name, bool beingRemoved)
    {
        if (!Rows.TryGetValue(name, out var row))
            return $"service '{name}' does not exist";
        if (!row.Managed)
            return $"service '{name}' is part of the node";
        if (Shutdown is not null)
            return $"service '{name}': the node is stopping";
        var dependents = Graph.DependentsOf(name).ToArray();
        if (dependents is not [])
            return $"service '{name}' is needed by {string.Join(", ", dependents)}";
        return beingRemoved ? $"service '{name}' is being removed already" : null;
    }

    public ServicesState WithManaged(ServiceDefinition definition, DateTimeOffset now) => this with
    {
        Graph = Graph.With(definition.Name, definition.Options.DependsOn),
        Rows = Rows.SetItem(definition.Name, new ServiceRow(
            new ServiceStatus(definition.Name, ServiceState.Waiting, now, definition.Options.DependsOn, 0, null), Managed: true, Up: false)),
    };

    /// <summary>What the actor of a background service says of it.</summary>
    public ServicesState WithLife(string name, ServiceLife life)
    {
        var row = Rows[name];
        var (state, since) = Shutdown is not null && life.State != ServiceState.Stopped
            ? (ServiceState.Stopping, row.Status.State == ServiceState.Stopping ? row.Status.Since : life.Since)
            : (life.State, life.Since);
        return this with
        {
            Rows = Rows.SetItem(name, row with
            {
                Status = row.Status with { State = state, Since = since, Restarts = life.Restarts, LastError = life.LastError },
                Up = life.Up,
                LeftBehind = life.LeftBehind,
            }),
        };
    }

    /// <summary>A part of the node reports. One that names dependencies which would make a cycle keeps those it had.</summary>
    public ServicesState WithReport(ServiceCommands.Report report, DateTimeOffset now)
    {
        var known = Rows.TryGetValue(report.Name, out var row);
        if (known && row!.Managed)
            return this;
        var old = known ? row!.Status : new ServiceStatus(report.Name, ServiceState.Starting, now, [], Restarts: 0, LastError: null);
        var state = Shutdown is not null && report.State != ServiceState.Stopped ? ServiceState.Stopping : report.State;
        var status = old with
        {
            State = state,
            Since = state == old.State && !report.Restarted ? old.Since : now,
            Restarts = old.Restarts + (report.Restarted ? 1 : 0),
            LastError = report.Error ?? old.LastError,
        };
        var graph = report.DependsOn.IsDefault ? Graph : Graph.With(report.Name, report.DependsOn);
        if (!graph.Contains(report.Name) || (Begun && graph.Cycle() is not null))
            graph = known ? Graph : Graph.With(report.Name, []);
        return this with
        {
            Graph = graph,
            Rows = Rows.SetItem(report.Name, new ServiceRow(status, Managed: false, Up: state is ServiceState.Ready or ServiceState.Completed)),
        };
    }

    /// <summary>The actor of a background service ended by itself: nobody runs it any more.</summary>
    public ServicesState WithLost(string name, DateTimeOffset now)
    {
        var row = Rows[name];
        var state = Shutdown is null ? ServiceState.Failed : ServiceState.Stopped;
        var status = row.Status with { State = state, Since = now, LastError = "its actor ended" };
        return this with { Rows = Rows.SetItem(name, row with { Up = false, Lost = true, Status = status }) };
    }

    public ServicesState Without(string name) => this with { Graph = Graph.Without(name), Rows = Rows.Remove(name) };

    /// <summary>The node was told to stop, maybe again: the first request counts, and after a graceful one the first fast one.</summary>
    public ServicesState WithStop(ServiceCommands.Stop stop, ServicesSettings settings, DateTimeOffset now) => (Shutdown?.Kind, stop.Kind) switch
    {
        (null, ShutdownKind.Graceful) => Stopping(new ShutdownRequest(stop.Kind, stop.Reason, now + settings.GracePeriod), now),
        (null, ShutdownKind.Fast) => Stopping(new ShutdownRequest(stop.Kind, stop.Reason, now + settings.FastTimeout), now),
        (ShutdownKind.Graceful, ShutdownKind.Fast) => this with { Shutdown = new ShutdownRequest(stop.Kind, stop.Reason, now + settings.FastTimeout) },
        _ => this,
    };

    /// <summary>Nothing is ready any more, and what nobody runs has ended.</summary>
    private ServicesState Stopping(ShutdownRequest request, DateTimeOffset now) => this with
    {
        Shutdown = request,
        Rows = Rows.ToImmutableDictionary(r => r.Key, r => r.Value switch
        {
            { Lost: true } lost => lost with { Status = lost.Status with { State = ServiceState.Stopped, Since = now } },
            { Status.State: ServiceState.Stopped or ServiceState.Stopping } same => same,
            var row => row with { Status = row.Status with { State = ServiceState.Stopping, Since = now } },
        }),
    };

    /// <summary>The services whose state is another than the one last shown, or that are new.</summary>
    public IEnumerable<ServiceEvents.StateChanged> ChangesSince(ImmutableDictionary<string, ServiceState> shown) =>
        from row in Rows
        let now = row.Value.Status
        let known = shown.TryGetValue(row.Key, out var old) ? old : (ServiceState?)null
        where known != now.State
        select new ServiceEvents.StateChanged(row.Key, known ?? now.State, now.State, now.Since, now.LastError);

    /// <summary>The phases that are reached now, in order.</summary>
    public ImmutableArray<NodePhase> PhasesReached() => this switch
    {
        { Shutdown: null, Begun: true, Phase: NodePhase.Bootstrap, AllUp: true } => [NodePhase.BootstrapComplete, NodePhase.Running],
        { Shutdown.Kind: ShutdownKind.Graceful, Phase: < NodePhase.GracefulTerminate } =>
            [NodePhase.GracefulTerminate, NodePhase.ShutdownStarted, NodePhase.ShutdownGracePeriod, .. AtTheEnd],
        { Shutdown.Kind: ShutdownKind.Fast, Phase: < NodePhase.ShutdownStarted } => [NodePhase.ShutdownStarted, NodePhase.ShutdownRuntimes, .. AtTheEnd],
        { Shutdown: not null, AllEnded: true, Phase: NodePhase.ShutdownRuntimes } => [NodePhase.Terminated],
        { Shutdown.Kind: ShutdownKind.Fast, Phase: < NodePhase.ShutdownRuntimes } => [NodePhase.ShutdownRuntimes, .. AtTheEnd],
        { Shutdown: not null, AllEnded: true, Phase: < NodePhase.ShutdownRuntimes } => [NodePhase.ShutdownRuntimes, NodePhase.Terminated],
        _ => [],
    };

    private NodePhase[] AtTheEnd => !AllEnded ? []
        : Shutdown!.Kind == ShutdownKind.Fast ? [NodePhase.Terminated]
        : [NodePhase.ShutdownRuntimes, NodePhase.Terminated];
}

using System.Collections.Immutable;
using ActorNode.Protocol.Services;
using Akka.Actor;
using Akka.Event;

namespace ActorNode.Services;

/// <summary>
/// Knows every service of the node and answers for the whole. Background services have an actor each, below this one, which it tells when to
/// start and when to stop; other parts of the node report by themselves. Holds no work and never waits.
/// <para>
/// Ordering: changes of one service are seen in the order in which they happened; dependents hear of them after that. A restart of this
/// actor forgets nothing and stops nothing. Nothing survives the process: what runs in the next one is registered again.
/// </para>
/// </summary>
public sealed class ServicesActor : UntypedActor, IWithTimers
{
    private readonly ServicesMemory _memory;
    private readonly ServicesSettings _settings;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly Action<string> _stopNode;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="settings">Defaults of all services, and the times of the stop.</param>
    /// <param name="clock">The time of states and deadlines.</param>
    /// <param name="stopNode">Called at most once, with the reason, when the policy of a service ends the node. Must not block.</param>
    /// <param name="random">Spreads restarts.</param>
    public static Props Props(ServicesSettings settings, TimeProvider clock, Action<string> stopNode, Random random)
    {
        var memory = new ServicesMemory();
        return Akka.Actor.Props.Create(() => new ServicesActor(memory, settings, clock, stopNode, random));
    }

    internal ServicesActor(ServicesMemory memory, ServicesSettings settings, TimeProvider clock, Action<string> stopNode, Random random)
    {
        _memory = memory;
        _settings = settings;
        _clock = clock;
        _stopNode = stopNode;
        _random = random;
    }

    private ServicesState State => _memory.State;

    /// <summary>A service's actor that fails goes on with what it knew. One that cannot, or that was killed, ends, and its service has failed.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        maxNrOfRetries: 10,
        withinTimeRange: TimeSpan.FromMinutes(1),
        localOnlyDecider: cause => cause switch
        {
            ActorInitializationException or ActorKilledException => Directive.Stop,
            InvalidOperationException or ArgumentException or NullReferenceException => Directive.Restart,
            _ => Akka.Actor.SupervisorStrategy.DefaultDecider.Decide(cause),
        });

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ServiceCommands.Report report:
                TakeOver(State.WithReport(report, _clock.GetUtcNow()));
                break;
            case ServiceActor.Changed changed:
                OnChanged(changed);
                break;
            case ServiceQueries.GetServices:
                Sender.Tell(new ServiceReplies.Services(State.Statuses) { Phase = State.Phase });
                break;
            case Add add:
                OnAdd(add.Definition);
                break;
            case ServiceCommands.Begin:
                OnBegin();
                break;
            case ServiceCommands.Remove remove:
                OnRemove(remove.Name);
                break;
            case ServiceCommands.Stop stop:
                OnStop(stop);
                break;
            case GraceOver:
                Stop(new ServiceCommands.Stop(ShutdownKind.Fast, State.Shutdown!.Reason));
                break;
            case ServiceCommands.FollowPhases:
                Sender.Tell(_memory.LastPhase ?? new ServiceEvents.PhaseChanged(State.Phase, _memory.Created, null));
                Context.System.EventStream.Subscribe(Sender, typeof(ServiceEvents.PhaseChanged));
                break;
            case ServiceEvents.NodeStopAsked asked:
                OnNodeStopAsked(asked);
                break;
            case Terminated ended:
                OnTerminated(ended.ActorRef);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PreStart()
    {
        _memory.Created = _clock.GetUtcNow();
        Context.System.EventStream.Publish(new ServiceEvents.PhaseChanged(State.Phase, _memory.Created, null));
    }

    /// <summary>The services go on: their actors are restarted with this one and forget as little.</summary>
    protected override void PreRestart(Exception reason, object message) => _log.Error(reason, "The services actor restarts; services go on");

    protected override void PostRestart(Exception reason)
    {
        ArmGrace();
        // What the failed turn left undone.
        TakeOver(State);
    }

    private void OnAdd(ServiceDefinition definition)
    {
        if (State.ProblemOfAdding(definition) is { } problem)
        {
            Sender.Tell(new ServiceReplies.Refused(problem));
            return;
        }

        var actor = Context.ActorOf(ServiceActor.Props(definition, _settings, _clock, _random), Uri.EscapeDataString(definition.Name));
        Context.Watch(actor);
        _memory.Actors.Add(definition.Name, actor);
        Sender.Tell(new ServiceReplies.Added(definition.Name));
        TakeOver(State.WithManaged(definition, _clock.GetUtcNow()));
    }

    private void OnBegin()
    {
        if (State.Graph.Problem() is { } problem)
        {
            _log.Error("The services cannot start: {0}", problem);
            Sender.Tell(new ServiceReplies.Refused(problem));
            return;
        }

        _log.Info("Services start in this order: {0}", string.Join(", ", State.Graph.StartOrder()));
        Sender.Tell(ServiceReplies.Begun.Instance);
        TakeOver(State with { Begun = true });
    }

    private void OnRemove(string name)
    {
        if (State.ProblemOfRemoving(name, beingRemoved: _memory.Removals.ContainsKey(name)) is { } problem)
        {
            Sender.Tell(new ServiceReplies.Refused(problem));
            return;
        }

        if (!_memory.Actors.TryGetValue(name, out var actor))
        {
            TakeOver(State.Without(name));
            Sender.Tell(new ServiceReplies.Removed(name));
            return;
        }

        _memory.Removals.Add(name, Sender);
        actor.Tell(new LifeInput.Stop(new ShutdownRequest(ShutdownKind.Graceful, "removed", _clock.GetUtcNow() + _settings.GracePeriod)));
    }

    private void OnChanged(ServiceActor.Changed changed)
    {
        // Its actor may have ended meanwhile, and its row with it.
        if (!_memory.Actors.TryGetValue(changed.Name, out var actor) || !actor.Equals(Sender))
            return;
        if (changed.Life.State == ServiceState.Stopped && _memory.Removals.ContainsKey(changed.Name))
            Context.Stop(actor);
        TakeOver(State.WithLife(changed.Name, changed.Life));
    }

    private void OnTerminated(IActorRef actor)
    {
        if (_memory.Actors.FirstOrDefault(a => a.Value.Equals(actor)) is not { Key: { } name })
            return;
        _memory.Actors.Remove(name);
        _memory.Informed.Remove(name);
        if (_memory.Removals.Remove(name, out var asker))
        {
            TakeOver(State.Without(name));
            asker.Tell(new ServiceReplies.Removed(name));
            return;
        }

        // Nobody stops these actors but this one: its service is no longer in anybody's hands.
        TakeOver(State.WithLost(name, _clock.GetUtcNow()));
    }

    private void OnNodeStopAsked(ServiceEvents.NodeStopAsked asked)
    {
        // Also of a node that stops already: then it is the end that fails, and whoever ends the process should know.
        if (_memory.NodeStopAsked)
            return;
        _memory.NodeStopAsked = true;
        _log.Error("Service {0} ends the node in failure: {1}", asked.Name, asked.Reason);
        Context.System.EventStream.Publish(asked);
        _stopNode($"service '{asked.Name}': {asked.Reason}");
    }

    private void OnStop(ServiceCommands.Stop stop)
    {
        _memory.StopAskers.Add(Sender);
        Stop(stop);
    }

    private void Stop(ServiceCommands.Stop stop)
    {
        _memory.State = State.WithStop(stop, _settings, _clock.GetUtcNow());
        ArmGrace();
        TakeOver(State);
    }

    private void ArmGrace()
    {
        if (State is { Shutdown: { Kind: ShutdownKind.Graceful } request, AllEnded: false })
        {
            var left = request.Deadline - _clock.GetUtcNow();
            Timers.StartSingleTimer(GraceOver.Instance, GraceOver.Instance, left > TimeSpan.Zero ? left : TimeSpan.FromTicks(1));
        }
        else
        {
            Timers.Cancel(GraceOver.Instance);
        }
    }

    /// <summary>Takes a new state over and does everything that follows from it. Doing it twice is harmless.</summary>
    private void TakeOver(ServicesState next)
    {
        _memory.State = next;
        PublishChanges(next);
        if (next.Shutdown is { } request)
            TellToStop(next, request);
        else if (next.Begun)
            InformOfDependencies(next);
        foreach (var phase in next.PhasesReached())
            Enter(phase);
        if (State.Phase == NodePhase.Terminated)
            AnswerStop();
    }

    private void PublishChanges(ServicesState next)
    {
        var shown = _memory.Shown;
        foreach (var change in next.ChangesSince(shown))
        {
            if (change.To is ServiceState.Failed or ServiceState.Degraded or ServiceState.Restarting)
                _log.Warning("Service {0} is {1}: {2}", change.Name, change.To, change.Error);
            else
                _log.Info("Service {0} is {1}", change.Name, change.To);
            ServicesMetrics.Changed(change.Name, shown.TryGetValue(change.Name, out var old) ? old : null, change.To);
            Context.System.EventStream.Publish(change);
        }

        foreach (var (name, old) in shown.Where(s => !next.Rows.ContainsKey(s.Key)))
            ServicesMetrics.Changed(name, old, null);
        _memory.Shown = next.Rows.ToImmutableDictionary(r => r.Key, r => r.Value.Status.State);
    }

    private void InformOfDependencies(ServicesState next)
    {
        foreach (var name in next.Managed)
        {
            var now = next.DependenciesOf(name);
            if ((_memory.Informed.TryGetValue(name, out var before) && before.Equals(now)) || !_memory.Actors.TryGetValue(name, out var actor))
                continue;
            _memory.Informed[name] = now;
            actor.Tell(now);
        }
    }

    private void TellToStop(ServicesState next, ShutdownRequest request)
    {
        foreach (var name in next.MayStop())
        {
            if (_memory.ToldToStop.TryGetValue(name, out var told) && told == request.Kind)
                continue;
            _memory.ToldToStop[name] = request.Kind;
            if (_memory.Actors.TryGetValue(name, out var actor))
                actor.Tell(new LifeInput.Stop(request));
        }
    }

    private void Enter(NodePhase phase)
    {
        _memory.LastPhase = new ServiceEvents.PhaseChanged(phase, _clock.GetUtcNow(), State.Shutdown?.Reason);
        _memory.State = State with { Phase = phase };
        _log.Info("Services: {0}", phase);
        Context.System.EventStream.Publish(_memory.LastPhase);
    }

    private void AnswerStop()
    {
        Timers.Cancel(GraceOver.Instance);
        foreach (var asker in _memory.StopAskers)
            asker.Tell(new ServiceReplies.AllStopped(State.LeftBehind));
        _memory.StopAskers.Clear();
    }

    /// <summary>
    /// Register a background service, at any time before the node stops. It starts when its dependencies are ready. Reply:
    /// <see cref="ServiceReplies.Added"/> or <see cref="ServiceReplies.Refused"/>.
    /// </summary>
    public sealed record Add(ServiceDefinition Definition) : INoSerializationVerificationNeeded;

    /// <summary>The grace period of the stop has passed.</summary>
    private sealed class GraceOver
    {
        public static readonly GraceOver Instance = new();
    }
}

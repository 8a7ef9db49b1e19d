using System.Collections.Immutable;
using ActorNode.Protocol.Services;
using Akka.Actor;
using Akka.Event;

namespace ActorNode.Services;

/// <summary>
/// Lives the life of one background service: starts its runs, passes on what they and the services actor say, keeps its timers. Tells its
/// parent of every change. One run at a time, in order. A restart of this actor, by itself or with its parent, neither ends the run nor
/// forgets anything; nothing survives the process.
/// </summary>
internal sealed class ServiceActor : UntypedActor, IWithTimers
{
    private readonly Memory _memory;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<object, DateTimeOffset> _armed = [];

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(ServiceDefinition definition, ServicesSettings settings, TimeProvider clock, Random random)
    {
        var memory = new Memory(definition, ServiceLife.New(new ServicePolicy(definition.Options, settings), clock.GetUtcNow()));
        return Akka.Actor.Props.Create(() => new ServiceActor(memory, clock, random));
    }

    public ServiceActor(Memory memory, TimeProvider clock, Random random)
    {
        _memory = memory;
        _clock = clock;
        _random = random;
    }

    private string Name => _memory.Definition.Name;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Progress:
                OnProgress();
                break;
            case LifeInput input:
                OnInput(input);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>The run goes on, and so does what the memory holds.</summary>
    protected override void PreRestart(Exception reason, object message) => _log.Error(reason, "The actor of service {0} restarts; the service goes on", Name);

    protected override void PostRestart(Exception reason)
    {
        Arm();
        Tell();
    }

    /// <summary>Nobody would know of the run any more.</summary>
    protected override void PostStop()
    {
        if (_memory.Life.Running)
            _memory.Run?.Stop(new ShutdownRequest(ShutdownKind.Fast, "nobody supervises the service any more", _clock.GetUtcNow()));
    }

    private void OnInput(LifeInput input)
    {
        var now = _clock.GetUtcNow();
        var events = _memory.Life.Decide(input, now, _random.NextDouble());
        foreach (var @event in events)
        {
            var before = _memory.Life;
            _memory.Life = before.Apply(@event, now);
            Act(@event, before, now);
        }

        if (events.IsEmpty)
            return;
        Arm();
        Tell();
    }

    private void Act(LifeEvent @event, ServiceLife before, DateTimeOffset now)
    {
        switch (@event)
        {
            case LifeEvent.DependenciesChanged changed:
                Inform(changed.Down, changed.Up);
                break;
            case LifeEvent.Started started:
                Start(started.Run, before, now);
                break;
            case LifeEvent.StopBegan stop:
                _memory.Run!.Stop(stop.Request);
                break;
            case LifeEvent.BackedOff or LifeEvent.Failed { ByDependency: false }:
                ServicesMetrics.Failed(Name);
                break;
            case LifeEvent.Stopped or LifeEvent.Abandoned when before.State == ServiceState.Stopping:
                ServicesMetrics.StopTook(Name, now - before.Since);
                break;
            case LifeEvent.NodeStopAsked asked:
                Context.Parent.Tell(new ServiceEvents.NodeStopAsked(Name, asked.Reason));
                break;
        }
    }

    private void Inform(ImmutableArray<string> down, ImmutableArray<string> up)
    {
        foreach (var dependency in down)
        {
            _memory.Run?.DependencyChanged(dependency, ready: false);
            Context.System.EventStream.Publish(new ServiceEvents.DependencyDown(Name, dependency));
        }

        foreach (var dependency in up)
        {
            _memory.Run?.DependencyChanged(dependency, ready: true);
            Context.System.EventStream.Publish(new ServiceEvents.DependencyUp(Name, dependency));
        }
    }

    private void Start(int run, ServiceLife before, DateTimeOffset now)
    {
        ServicesMetrics.Started(Name);
        if (before.WaitingSince is { } since)
        {
            ServicesMetrics.Waited(Name, now - since);
            _log.Info("Service {0} waited {1} ms for its dependencies", Name, (now - since).TotalMilliseconds);
        }

        _memory.Threads ??= ServiceThreads.Of(Name, before.Policy.Threads);
        _memory.Run = new ServiceRun(run, Self, _memory.Threads, _log);
        _memory.Run.Start(_memory.Definition.Create);
    }

    private void OnProgress()
    {
        if (_memory.Life.WaitingSince is not { } since)
            return;
        var waiting = new ServiceEvents.WaitingForDependencies(Name, _memory.Life.Dependencies.Missing, _clock.GetUtcNow() - since);
        _log.Info("Service {0} waits for {1} since {2} s", Name, string.Join(", ", waiting.Missing), waiting.Waited.TotalSeconds);
        Context.System.EventStream.Publish(waiting);
        Timers.StartSingleTimer(Progress.Instance, Progress.Instance, _memory.Life.Policy.Settings.ProgressInterval);
    }

    /// <summary>Makes the timers those that the life needs now: they follow from it alone.</summary>
    private void Arm()
    {
        var life = _memory.Life;
        Arm(Due.Wait, life.WaitingSince + life.Policy.DependencyTimeout, new LifeInput.WaitOver());
        Arm(Due.Restart, life.RestartAt, new LifeInput.RestartDue());
        Arm(Due.Deadline, life.State == ServiceState.Stopping ? life.Shutdown!.Deadline : null, new LifeInput.DeadlineOver());
        if (life.WaitingSince is null)
            Timers.Cancel(Progress.Instance);
        else if (!Timers.IsTimerActive(Progress.Instance))
            Timers.StartSingleTimer(Progress.Instance, Progress.Instance, life.Policy.Settings.ProgressInterval);
    }

    private void Arm(Due key, DateTimeOffset? due, LifeInput input)
    {
        if (due is not { } at)
        {
            if (_armed.Remove(key))
                Timers.Cancel(key);
            return;
        }

        if (_armed.TryGetValue(key, out var armed) && armed == at)
            return;
        _armed[key] = at;
        var wait = at - _clock.GetUtcNow();
        if (wait > TimeSpan.Zero)
            Timers.StartSingleTimer(key, input, wait);
        else
            Self.Tell(input);
    }

    private void Tell() => Context.Parent.Tell(new Changed(Name, _memory.Life));

    private enum Due
    {
        Wait,
        Restart,
        Deadline,
    }

    /// <summary>The parent is told: this is how the service is now.</summary>
    public sealed record Changed(string Name, ServiceLife Life);

    /// <summary>What outlives a restart of the actor. Touched on its turns only.</summary>
    public sealed class Memory(ServiceDefinition definition, ServiceLife life)
    {
        public ServiceDefinition Definition { get; } = definition;

        public ServiceLife Life { get; set; } = life;

        public ServiceRun? Run { get; set; }

        /// <summary>The same for all runs: a run that was left behind keeps its thread, so that blocked threads never pile up.</summary>
        public TaskScheduler? Threads { get; set; }
    }

    /// <summary>Time to say again what it waits for.</summary>
    private sealed class Progress
    {
        public static readonly Progress Instance = new();
    }
}

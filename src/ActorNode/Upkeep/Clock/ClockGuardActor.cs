using Akka.Actor;
using Akka.Event;

namespace ActorNode.Upkeep;

/// <summary>
/// Notices that the machine slept, by a heartbeat that has nothing else to do, on a thread of its own: a busy loop, and a busy process, are no
/// sleep. Its owner hears of each one, once.
/// </summary>
internal sealed class ClockGuardActor : ReceiveActor, IWithTimers
{
    private readonly UpkeepSleepSettings _settings;
    private readonly TimeProvider _clock;
    private readonly IActorRef _owner;

    private SleepGauge _last;
    private Slept _slept;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="context">Settings and clocks.</param>
    /// <param name="before">Sleeps that were noticed before it.</param>
    /// <param name="owner">Hears <see cref="Slept"/>.</param>
    public static Props Props(UpkeepContext context, long before, IActorRef owner) =>
        Akka.Actor.Props.Create(() => new ClockGuardActor(context, before, owner)).WithDispatcher(UpkeepDispatcherConfigurator.ClockGuard);

    public ClockGuardActor(UpkeepContext context, long before, IActorRef owner)
    {
        _settings = context.Settings.Sleep;
        _clock = context.SleepClock;
        _owner = owner;
        _slept = new Slept(before, TimeSpan.Zero);
        _last = Look();
        Receive<Heartbeat>(_ => OnHeartbeat());
        Receive<Check>(_ => OnCheck());
    }

    protected override void PreStart() => Arm();

    private void OnHeartbeat()
    {
        Measure();
        Arm();
    }

    /// <summary>A heartbeat may be late just now, and not be here yet.</summary>
    private void OnCheck()
    {
        Measure();
        Sender.Tell(_slept);
    }

    private void Measure()
    {
        var now = Look();
        var gap = _last.Gap(now, _settings);
        _last = now;
        if (gap == TimeSpan.Zero)
            return;
        _slept = new Slept(_slept.Number + 1, gap);
        _owner.Tell(_slept);
    }

    private SleepGauge Look() => new(_clock.GetUtcNow(), _clock.GetElapsedTime(0));

    private void Arm() => Timers.StartSingleTimer(Heartbeat.Instance, Heartbeat.Instance, _settings.Heartbeat);

    /// <summary>Look at the clocks now. Reply: <see cref="Slept"/>, the last one.</summary>
    internal sealed class Check
    {
        public static readonly Check Instance = new();
    }

    /// <summary>The machine slept for the <paramref name="Number"/>-th time in this process; zero: never.</summary>
    internal sealed record Slept(long Number, TimeSpan Gap) : IDeadLetterSuppression;

    private sealed class Heartbeat
    {
        public static readonly Heartbeat Instance = new();
    }
}

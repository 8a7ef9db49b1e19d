using ActorNode.Protocol.Services;
using Akka.Actor;
using Akka.Event;

namespace ActorNode.Storage;

/// <summary>
/// How the store fares, as its commit actor sees it: tells the services actor, and makes sure that an outage ends by itself and that a hung
/// disk does not look healthy. Part of the commit actor, used on its turns only; its ticks are messages to that actor.
/// </summary>
internal sealed class StoreHealth(string location, IActorRef services, ITimerScheduler timers, Random random, ILoggingAdapter log)
{
    private static readonly TimeSpan MinProbeWait = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxProbeWait = TimeSpan.FromSeconds(5);

    private int _failures;
    private int _probes;

    /// <summary>The transaction that was under way at the last look at it.</summary>
    private object? _seen;

    private bool _hangs;

    /// <summary>The store did not take the last transaction.</summary>
    public bool Failing => _failures > 0;

    /// <summary>The actor runs, again where there is a reason.</summary>
    public void Started(Exception? restart = null)
    {
        ArmLook();
        Report(ServiceState.Ready, restart?.Message, restarted: restart is not null);
    }

    /// <summary>Looks whether the same transaction is under way as at the last look (null: none).</summary>
    public void Look(object? underWay, int requests)
    {
        if (underWay is not null && !_hangs && _seen == underWay)
        {
            _hangs = true;
            var problem = $"a transaction of {requests} requests does not end";
            log.Error("Storage {Location}: {Problem}", location, problem);
            Report(ServiceState.Degraded, problem);
        }

        _seen = underWay;
        ArmLook();
    }

    /// <summary>A transaction ended, however.</summary>
    public void Answered(TimeSpan after)
    {
        if (!_hangs)
            return;
        _hangs = false;
        log.Info("Storage {Location} answers again after {Duration}", location, after);
        if (!Failing)
            Report(ServiceState.Ready);
    }

    /// <summary>A transaction is durable.</summary>
    public void Works()
    {
        if (!Failing)
            return;
        log.Info("Storage {Location} takes writes again after {Failures} failed transactions", location, _failures);
        _failures = 0;
        _probes = 0;
        timers.Cancel(ProbeTick.Instance);
        Report(ServiceState.Ready);
    }

    /// <summary>A transaction failed because the store does not work.</summary>
    public void Unavailable(Exception error)
    {
        _failures++;
        CommitMetrics.Failed();
        if (_failures == 1)
            log.Error(error, "Storage {Location} does not take writes", location);
        Report(ServiceState.Degraded, error.Message);
        ArmProbe();
    }

    /// <summary>Those who asked decide when to try again; nobody asking, readiness would stay lost: so the commit actor tries as well.</summary>
    public void ArmProbe()
    {
        if (!timers.IsTimerActive(ProbeTick.Instance))
            timers.StartSingleTimer(ProbeTick.Instance, ProbeTick.Instance, Backoff.Delay(++_probes, MinProbeWait, MaxProbeWait, random.NextDouble()));
    }

    private void ArmLook() => timers.StartSingleTimer(LookTick.Instance, LookTick.Instance, CommitActor.LongTransaction);

    private void Report(ServiceState state, string? error = null, bool restarted = false) =>
        services.Tell(new ServiceCommands.Report(CommitActor.ServiceName, state, error, restarted));

    /// <summary>Time to look at the transaction under way.</summary>
    public sealed class LookTick
    {
        public static readonly LookTick Instance = new();
    }

    /// <summary>Time to find out whether the store works again.</summary>
    public sealed class ProbeTick
    {
        public static readonly ProbeTick Instance = new();
    }
}

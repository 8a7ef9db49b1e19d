using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// Stops a system in phases: the tasks of one phase run in parallel, and the next phase begins when all are done or the phase's time is
/// up. It runs once; every call gets the same task, and the first reason stands. Safe from any thread; time here is real time, also
/// under a test scheduler. A task that fails or takes too long is logged and passed over, unless its phase has <c>recover = off</c>:
/// then the run fails and stops there.
/// </summary>
public sealed partial class CoordinatedShutdown : IExtension
{
    public const string PhaseBeforeServiceUnbind = "before-service-unbind";
    public const string PhaseServiceUnbind = "service-unbind";
    public const string PhaseServiceRequestsDone = "service-requests-done";
    public const string PhaseServiceStop = "service-stop";
    public const string PhaseBeforeClusterShutdown = "before-cluster-shutdown";
    public const string PhaseClusterShardingShutdownRegion = "cluster-sharding-shutdown-region";
    public const string PhaseClusterLeave = "cluster-leave";
    public const string PhaseClusterExiting = "cluster-exiting";
    public const string PhaseClusterExitingDone = "cluster-exiting-done";
    public const string PhaseClusterShutdown = "cluster-shutdown";
    public const string PhaseBeforeActorSystemTerminate = "before-actor-system-terminate";
    public const string PhaseActorSystemTerminate = "actor-system-terminate";

    private readonly CoordinatedShutdownPhases _phases;
    private readonly ILoggingAdapter _log;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<(string Name, Func<Task<Done>> Run)>> _tasks = new(StringComparer.Ordinal);
    private readonly HashSet<string> _passed = new(StringComparer.Ordinal);
    private Task<Done>? _run;

    internal CoordinatedShutdown(ExtendedActorSystem system, CoordinatedShutdownPhases phases)
    {
        System = system;
        _phases = phases;
        _log = Logging.GetLogger(system, this);
    }

    public ExtendedActorSystem System { get; }

    /// <summary>Why it runs; null before.</summary>
    public Reason? ShutdownReason { get; private set; }

    /// <summary>The time that the phases which have tasks may take together.</summary>
    public TimeSpan TotalTimeout
    {
        get
        {
            lock (_lock)
                return _tasks.Keys.Aggregate(TimeSpan.Zero, (sum, phase) => sum + Timeout(phase));
        }
    }

    public static CoordinatedShutdown Get(ActorSystem sys) => sys.WithExtension<CoordinatedShutdown, CoordinatedShutdownExtension>();

    /// <summary>The time that a phase may take. Throws for a phase that is not configured.</summary>
    public TimeSpan Timeout(string phase) =>
        _phases.Find(phase)?.Timeout ?? throw new ArgumentException(Unknown(phase), nameof(phase));

    /// <summary>
    /// Adds work to a phase that has not begun, before or during the run; for a phase that has, it comes too late and is only logged.
    /// Throws <see cref="ConfigurationException"/> for a phase that is not configured.
    /// </summary>
    public void AddTask(string phase, string taskName, Func<Task<Done>> task)
    {
        ArgumentException.ThrowIfNullOrEmpty(phase);
        ArgumentException.ThrowIfNullOrEmpty(taskName);
        ArgumentNullException.ThrowIfNull(task);
        if (_phases.Find(phase) is null)
            throw new ConfigurationException(Unknown(phase));

        bool late;
        lock (_lock)
        {
            late = _passed.Contains(phase);
            if (!late)
            {
                if (!_tasks.TryGetValue(phase, out var tasks))
                    _tasks.Add(phase, tasks = []);
                tasks.Add((taskName, task));
            }
        }

        if (late)
            _log.Warning("Shutdown task [{0}] was added to phase [{1}], which is already past: it will not run", taskName, phase);
    }

    /// <summary>
    /// Runs the phases, from <paramref name="fromPhase"/> on where it is given. Completes after the last one, on the thread pool; fails
    /// only where a phase that may not be recovered fails.
    /// </summary>
    public Task<Done> Run(Reason reason, string? fromPhase = null)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (fromPhase is not null && _phases.Find(fromPhase) is null)
            throw new ConfigurationException(Unknown(fromPhase));
        lock (_lock)
        {
            if (_run is null)
            {
                ShutdownReason = reason;
                // On the pool: the caller may be an actor, whose scheduler must not be waited for by its own shutdown.
                _run = Task.Run(() => RunPhases(reason, fromPhase));
            }

            return _run;
        }
    }

    private async Task<Done> RunPhases(Reason reason, string? fromPhase)
    {
        _log.Info("Running coordinated shutdown with reason [{0}]", reason.GetType().Name);
        var skipping = fromPhase is not null;
        foreach (var phase in _phases.InOrder)
        {
            skipping = skipping && phase.Name != fromPhase;
            List<(string Name, Func<Task<Done>> Run)>? tasks;
            lock (_lock)
            {
                _passed.Add(phase.Name);
                _tasks.TryGetValue(phase.Name, out tasks);
            }

            if (tasks is null || skipping)
                continue;
            if (phase.Enabled)
                await RunPhaseOrReport(phase, tasks).ConfigureAwait(false);
            else
                _log.Info("Phase [{0}] is disabled, its tasks are not run: {1}", phase.Name, string.Join(", ", tasks.Select(task => task.Name)));
        }

        return Done.Instance;
    }

    private async Task RunPhaseOrReport(CoordinatedShutdownPhase phase, List<(string Name, Func<Task<Done>> Run)> tasks)
    {
        try
        {
            await RunPhase(phase, tasks).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Nobody may be waiting for the run: without this line a system that stays up would not say why.
            _log.Error(e, "Coordinated shutdown stops at phase [{0}], which may not be recovered", phase.Name);
            throw;
        }
    }

    private async Task RunPhase(CoordinatedShutdownPhase phase, List<(string Name, Func<Task<Done>> Run)> tasks)
    {
        _log.Debug("Performing phase [{0}] with [{1}] tasks: [{2}]", phase.Name, tasks.Count, string.Join(", ", tasks.Select(task => task.Name)));
        var running = tasks.ConvertAll(task => (task.Name, Completion: RunTask(phase, task.Name, task.Run)));
        var all = Task.WhenAll(running.Select(task => task.Completion));
        using (var ended = new CancellationTokenSource())
        {
            await Task.WhenAny(all, Task.Delay(phase.Timeout, ended.Token)).ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
        }

        if (all.IsCompleted)
        {
            await all.ConfigureAwait(false);
            return;
        }

        var late = string.Join(", ", running.Where(task => !task.Completion.IsCompleted).Select(task => task.Name));
        if (!phase.Recover)
            throw new TimeoutException($"Coordinated shutdown phase [{phase.Name}] timed out after {phase.Timeout}, waiting for [{late}].");
        _log.Warning("Coordinated shutdown phase [{0}] timed out after {1}, going on without [{2}]", phase.Name, phase.Timeout, late);
    }

    private async Task RunTask(CoordinatedShutdownPhase phase, string name, Func<Task<Done>> run)
    {
        try
        {
            // A task that blocks must neither delay the others nor escape the phase's limit.
            await Task.Run(run).ConfigureAwait(false);
        }
        catch (Exception e) when (phase.Recover)
        {
            _log.Warning(e, "Task [{0}] failed in phase [{1}]: {2}", name, phase.Name, e.Message);
        }
    }

    private string Unknown(string phase) =>
        $"Unknown phase [{phase}]: known phases are {string.Join(", ", _phases.InOrder.Select(known => known.Name))}.";
}

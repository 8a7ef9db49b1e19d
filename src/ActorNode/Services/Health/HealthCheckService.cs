using System.Collections.Concurrent;
using System.Collections.Immutable;
using ActorNode.Storage;
using Microsoft.Extensions.Logging;

namespace ActorNode.Services.Health;

/// <summary>
/// Finds targets from time to time and checks them from time to time: ready after the first discovery, even a failed one, so that a broken
/// source does not keep the node from starting. One pass at a time: discovery and checks overlap neither each other nor themselves, and
/// a pass that takes longer than its interval is followed by the next at once, never by two. Without both intervals it ends after one pass.
/// A failed discovery keeps the former targets and is tried again after a back-off.
/// A stop ends waits and checks at once.
/// </summary>
public sealed class HealthCheckService : IBackgroundService
{
    private static readonly TimeSpan MinBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromMinutes(1);

    private readonly HealthSettings _settings;
    private readonly IHealthDiscovery _discovery;
    private readonly IHealthCheck _check;
    private readonly IHealthObserver? _observer;
    private readonly TimeProvider _clock;
    private readonly Func<double> _random;
    private readonly ILogger<HealthCheckService> _log;
    private readonly Lock _gate = new();

    /// <summary>The latest check of each target, which may outlast its timeout: no target is checked twice at once.</summary>
    private readonly ConcurrentDictionary<string, Task> _underWay = new(StringComparer.Ordinal);
    private volatile HealthSet _set = HealthSet.Empty;

    /// <exception cref="ArgumentException">The settings break a rule.</exception>
    public HealthCheckService(
        HealthSettings settings, IHealthDiscovery discovery, IHealthCheck check, ILogger<HealthCheckService> log, IHealthObserver? observer = null, TimeProvider? clock = null)
        : this(settings, discovery, check, log, observer, clock ?? TimeProvider.System, Random.Shared.NextDouble)
    {
    }

    internal HealthCheckService(
        HealthSettings settings,
        IHealthDiscovery discovery,
        IHealthCheck check,
        ILogger<HealthCheckService> log,
        IHealthObserver? observer,
        TimeProvider clock,
        Func<double> random)
    {
        _settings = settings.Checked();
        _discovery = discovery;
        _check = check;
        _observer = observer;
        _clock = clock;
        _random = random;
        _log = log;
    }

    /// <summary>The targets of the latest discovery that succeeded.</summary>
    public ImmutableArray<HealthTarget> Targets => _set.Targets;

    /// <summary>True when work may go to a target: it is known, enabled and healthy. Thread-safe.</summary>
    public bool IsReady(string name) => _set.IsReady(name);

    /// <inheritdoc/>
    public async Task StartWithReadyNotifierAsync(ShutdownWatch shutdown, IReadyNotifier ready)
    {
        DateTimeOffset? update = _clock.GetUtcNow();
        var check = update;
        var stop = shutdown.Token;
        var failures = 0;
        var everFound = false;
        try
        {
            while (true)
            {
                var now = _clock.GetUtcNow();
                if (update <= now)
                {
                    var found = await DiscoverAsync(stop);
                    failures = found ? 0 : failures + 1;
                    update = found ? Next(now, _settings.UpdateInterval) : now + Backoff.Delay(failures, MinBackoff, _settings.UpdateInterval ?? MaxBackoff, _random());
                    if (found && !everFound)
                        check = now;
                    everFound |= found;
                    ready.NotifyReady();
                }

                if (check <= now)
                {
                    await CheckAllAsync(stop);
                    check = Next(now, _settings.CheckInterval);
                }

                if ((update ?? check) is null)
                    return;
                var due = update is null || check < update ? check!.Value : update.Value;
                var wait = due - _clock.GetUtcNow();
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait, _clock, stop);
                else
                    stop.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The stop ended a wait or a pass half-way: nothing to keep.
        }
    }

    private DateTimeOffset? Next(DateTimeOffset began, TimeSpan? interval) => began + interval * (1 + _settings.Jitter * _random());

    /// <summary>Whether it succeeded.</summary>
    private async Task<bool> DiscoverAsync(CancellationToken stop)
    {
        try
        {
            var targets = await _discovery.DiscoverAsync(stop);
            if (targets.IsDefault)
                throw new InvalidOperationException("the discovery answered with nothing instead of an empty list");
            lock (_gate)
                _set = _set.With(targets, _settings);
            foreach (var gone in _underWay.Keys.Where(name => !_set.Health.ContainsKey(name)))
                _underWay.TryRemove(gone, out _);
            return true;
        }
        catch (Exception failed) when (!stop.IsCancellationRequested)
        {
            _log.LogWarning(failed, "The discovery failed; the {Count} targets known so far stay", _set.Targets.Length);
            return false;
        }
    }

    private Task CheckAllAsync(CancellationToken stop) => Parallel.ForEachAsync(
        _set.Targets,
        new ParallelOptions { MaxDegreeOfParallelism = _settings.Parallelism, CancellationToken = stop, TaskScheduler = TaskScheduler.Current },
        async (target, cancelled) => Take(target, await ProblemOfAsync(target, cancelled)));

    /// <summary>What a check found wrong; null: nothing.</summary>
    private async Task<string?> ProblemOfAsync(HealthTarget target, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(_settings.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        try
        {
            if (_underWay.TryGetValue(target.Name, out var former) && !former.IsCompleted)
                return "the former check has not ended yet";
            var check = _check.CheckAsync(target, either.Token);
            _underWay[target.Name] = check;
            // Waits for no check that ignores its token.
            await check.WaitAsync(either.Token);
            return null;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return $"no answer within {_settings.Timeout.TotalMilliseconds} ms";
        }
        catch (Exception failed) when (!stop.IsCancellationRequested)
        {
            return failed.Message;
        }
    }

    private void Take(HealthTarget target, string? problem)
    {
        var good = problem is null;
        lock (_gate)
        {
            var before = _set.IsHealthy(target.Name);
            _set = _set.After(target.Name, good, _settings);
            if (_set.IsHealthy(target.Name) == before)
                return;
            if (good)
                _log.LogInformation("{Target} becomes healthy", target.Name);
            else
                _log.LogWarning("{Target} becomes unhealthy: {Problem}", target.Name, problem);
            Tell(target, good, problem);
        }
    }

    private void Tell(HealthTarget target, bool healthy, string? problem)
    {
        try
        {
            _observer?.Changed(target, healthy, problem);
        }
        catch (Exception failed)
        {
            _log.LogError(failed, "The observer of {Target} failed", target.Name);
        }
    }
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using ActorNode.Protocol.Services;
using ActorNode.Services;
using ActorNode.Services.Health;
using ActorNode.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ActorNode.Tests.Services.Health;

public sealed class HealthCheckServiceSpec : IHealthDiscovery, IHealthCheck, IHealthObserver, IReadyNotifier
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan TenSeconds = TimeSpan.FromSeconds(10);
    private static readonly HealthSettings Every10Seconds = new() { CheckInterval = TenSeconds, Jitter = 0 };

    private readonly ManualTime _time = new();
    private readonly ShutdownWatch _shutdown = new();
    private readonly Channel<Check> _checks = Channel.CreateUnbounded<Check>();
    private readonly ConcurrentQueue<(string Target, bool Healthy, string? Error)> _flips = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableArray<HealthTarget> _targets = [new("a")];
    private Exception? _discoveryFails;
    private int _inFlight;
    private int _mostInFlight;

    [Theory(DisplayName = "C.2 health checks: as many opposite results in a row as the threshold says flip a target; one of the other kind starts anew")]
    [InlineData(1, 1, "-", false)]
    [InlineData(1, 2, "-", true)]
    [InlineData(1, 2, "--", false)]
    [InlineData(1, 2, "-+-", true)]
    [InlineData(2, 1, "-+", false)]
    [InlineData(2, 1, "-++", true)]
    [InlineData(2, 1, "-+-+", false)]
    public void Thresholds(int healthy, int unhealthy, string results, bool expected)
    {
        var settings = new HealthSettings { HealthyThreshold = healthy, UnhealthyThreshold = unhealthy };
        Assert.Equal(expected, results.Aggregate(new TargetHealth(true, 0), (h, r) => h.After(r == '+', settings)).Healthy);
    }

    [Fact(DisplayName = "A discovery keeps the health of targets that stay, takes over whether they are enabled, and forgets those that are gone")]
    public void Discovery()
    {
        var settings = new HealthSettings();
        var set = HealthSet.Empty.With([new("a"), new("b")], settings).After("a", good: false, settings);
        var next = set.With([new("a", Enabled: true), new("c", Enabled: false), new("c")], settings);
        Assert.Equal((false, false, true, false), (next.IsHealthy("a"), next.IsHealthy("b"), next.IsHealthy("c"), next.IsReady("c")));
        Assert.Equal(2, next.Targets.Length);
        Assert.False(next.After("b", good: true, settings).IsHealthy("b"));
    }

    [Fact(DisplayName = "C.2 health checks: ready after the first discovery, even a failed one; a later failed one keeps the targets")]
    public async Task Ready_after_discovery()
    {
        _discoveryFails = new IOException("no route");
        var service = Service(Every10Seconds with { UpdateInterval = TimeSpan.FromSeconds(3) });
        var run = RunAsync(service);
        await _ready.Task.WaitAsync(Patience);
        foreach (var milliseconds in new[] { 500, 1_000 })
        {
            // The source is broken: back-off, below the interval.
            await _time.WaitBeginsAsync(TimeSpan.FromMilliseconds(milliseconds));
            if (milliseconds == 1_000)
                _discoveryFails = null;
            _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        }

        // The first targets are checked at once.
        (await NextAsync()).End(null);
        await _time.WaitBeginsAsync(TimeSpan.FromSeconds(3));
        _discoveryFails = new IOException("no route");
        _time.Advance(TimeSpan.FromSeconds(3));
        await _time.WaitBeginsAsync(TimeSpan.FromMilliseconds(500));
        Assert.Equal(["a"], service.Targets.Select(t => t.Name));
        await StopAsync(run);
    }

    [Fact(DisplayName = "C.2 health checks: the observer is called once for each flip, with the error")]
    public async Task Flips()
    {
        var run = RunAsync(Service(Every10Seconds with { UnhealthyThreshold = 2 }));
        foreach (var error in new[] { "e1", "e2", "e3", null, null })
        {
            (await NextAsync()).End(error);
            await _time.WaitBeginsAsync(TenSeconds);
            _time.Advance(TenSeconds);
        }

        Assert.Equal([("a", false, "e2"), ("a", true, null)], _flips);
        await StopAsync(run);
    }

    [Fact(DisplayName = "A target may be taken for unhealthy until it was checked; a disabled one is never ready")]
    public async Task Initially_unhealthy()
    {
        _targets = [new("a"), new("off", Enabled: false)];
        var service = Service(Every10Seconds with { InitiallyHealthy = false });
        var run = RunAsync(service);
        var checks = new[] { await NextAsync(), await NextAsync() };
        Assert.False(service.IsReady("a"));
        foreach (var check in checks)
            check.End(null);
        await _time.WaitBeginsAsync(TenSeconds);
        Assert.True(service.IsReady("a"));
        Assert.False(service.IsReady("off"));
        await StopAsync(run);
    }

    [Fact(DisplayName = "C.2 health checks: of several targets checked at once the bad one alone is not ready, and its check's exception is the reason")]
    public async Task Marks_the_bad_one()
    {
        _targets = [new("a"), new("bad"), new("c")];
        var service = Service(Every10Seconds);
        var run = RunAsync(service);
        var checks = new[] { await NextAsync(), await NextAsync(), await NextAsync() };
        foreach (var check in checks)
            check.End(check.Target == "bad" ? "connection refused" : null);
        await _time.WaitBeginsAsync(TenSeconds);
        Assert.Equal((true, false, true), (service.IsReady("a"), service.IsReady("bad"), service.IsReady("c")));
        Assert.Equal([("bad", false, "connection refused")], _flips);
        await StopAsync(run);
    }

    [Fact(DisplayName = "C.2 health checks: whoever sees the targets of an update of 3,000 sees their readiness too, at any moment of it")]
    public async Task Large_update()
    {
        var service = Service(new HealthSettings { CheckInterval = null, UpdateInterval = TenSeconds, Jitter = 0 });
        var run = RunAsync(service);
        (await NextAsync()).End(null);
        await _ready.Task.WaitAsync(Patience);
        await _time.WaitBeginsAsync(TenSeconds);
        var seen = Task.Run(() =>
        {
            while (true)
            {
                var targets = service.Targets;
                if (targets.FirstOrDefault(t => !service.IsReady(t.Name)) is { } early)
                    return early.Name;
                if (targets.Length == 3_000)
                    return null;
            }
        });
        _targets = [.. Enumerable.Range(0, 2_999).Select(i => new HealthTarget($"{i}")), new("a")];
        _time.Advance(TenSeconds);
        Assert.Null(await seen.WaitAsync(Patience));
        await StopAsync(run);
    }

    [Fact(DisplayName = "C.2 health checks: never more checks at once than allowed, and each target once a round")]
    public async Task Parallelism()
    {
        _targets = [.. Enumerable.Range(0, 20).Select(i => new HealthTarget($"{i}"))];
        var run = RunAsync(Service(Every10Seconds with { Parallelism = 3 }));
        var seen = new List<string>();
        var open = new Queue<Check>();
        for (var i = 0; i < 3; i++)
            open.Enqueue(await NextAsync());
        while (open.TryDequeue(out var check))
        {
            seen.Add(check.Target);
            check.End(null);
            if (seen.Count + open.Count < 20)
                open.Enqueue(await NextAsync());
        }

        await _time.WaitBeginsAsync(TenSeconds);
        Assert.Equal(_targets.Select(t => t.Name).Order(), seen.Order());
        Assert.Equal(3, _mostInFlight);
        await StopAsync(run);
    }

    [Fact(DisplayName = "C.2 health checks: a round that takes longer than the interval is followed by one round at once, never by two at a time")]
    public async Task Overrun()
    {
        var run = RunAsync(Service(Every10Seconds with { Timeout = TimeSpan.FromHours(1) }));
        var slow = await NextAsync();
        _time.Advance(TimeSpan.FromSeconds(35));
        slow.End(null);
        (await NextAsync()).End(null);
        await _time.WaitBeginsAsync(TenSeconds);
        Assert.Equal(0, _checks.Reader.Count);
        Assert.Equal(1, _mostInFlight);
        await StopAsync(run);
    }

    [Fact(DisplayName = "C.2 health checks: a check without an answer in time has failed, and is not begun again before it has ended")]
    public async Task Hangs()
    {
        var run = RunAsync(Service(Every10Seconds));
        var hung = await NextAsync();
        await _time.WaitBeginsAsync(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        await _time.WaitBeginsAsync(TimeSpan.FromSeconds(9));
        Assert.Equal([("a", false, "no answer within 1000 ms")], _flips);
        _time.Advance(TimeSpan.FromSeconds(9));
        await _time.WaitBeginsAsync(TenSeconds);
        Assert.Equal(0, _checks.Reader.Count);
        hung.End(null);
        _time.Advance(TenSeconds);
        (await NextAsync()).End(null);
        await _time.WaitBeginsAsync(TenSeconds);
        Assert.Equal(("a", true, null), _flips.Last());
        await StopAsync(run);
    }

    [Fact(DisplayName = "C.2 health checks: jitter makes each pause longer by up to its share")]
    public async Task Jitter()
    {
        var run = RunAsync(Service(Every10Seconds with { Jitter = 0.5 }, random: 1));
        (await NextAsync()).End(null);
        await _time.WaitBeginsAsync(TimeSpan.FromSeconds(15));
        await StopAsync(run);
    }

    [Fact(DisplayName = "Without intervals there is one discovery and one round, and the service is done")]
    public async Task Once()
    {
        var run = RunAsync(Service(Every10Seconds with { CheckInterval = null }));
        (await NextAsync()).End(null);
        await run.WaitAsync(Patience);
    }

    [Fact(DisplayName = "C.2 health checks: ready does not wait for the first check; a stop ends a round half-way")]
    public async Task Stops_in_check()
    {
        var run = RunAsync(Service(Every10Seconds));
        await NextAsync();
        await _ready.Task.WaitAsync(Patience);
        await StopAsync(run);
        Assert.Empty(_flips);
    }

    [Fact(DisplayName = "Settings that break a rule are refused with its name")]
    public void Bad_settings()
    {
        Assert.StartsWith("Parallelism should be 1 or more", Assert.Throws<ArgumentException>(() => Service(new HealthSettings { Parallelism = 0 })).Message, StringComparison.Ordinal);
        Assert.StartsWith("Jitter should be from 0 to 1", Assert.Throws<ArgumentException>(() => Service(new HealthSettings { Jitter = double.NaN })).Message, StringComparison.Ordinal);
    }

    Task<ImmutableArray<HealthTarget>> IHealthDiscovery.DiscoverAsync(CancellationToken cancellationToken) =>
        _discoveryFails is { } error ? Task.FromException<ImmutableArray<HealthTarget>>(error) : Task.FromResult(_targets);

    async Task IHealthCheck.CheckAsync(HealthTarget target, CancellationToken cancellationToken)
    {
        var now = Interlocked.Increment(ref _inFlight);
        InterlockedMax(now);
        var check = new Check(target.Name);
        _checks.Writer.TryWrite(check);
        try
        {
            // Deaf to its token, as the worst of checks are.
            if (await check.Outcome is { } error)
                throw new IOException(error);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    void IHealthObserver.Changed(HealthTarget target, bool healthy, string? error) => _flips.Enqueue((target.Name, healthy, error));

    void IReadyNotifier.NotifyReady() => _ready.TrySetResult();

    void IReadyNotifier.NotifyUnready(string reason) => throw new InvalidOperationException(reason);

    private HealthCheckService Service(HealthSettings settings, double random = 0) =>
        new(settings, this, this, NullLogger<HealthCheckService>.Instance, this, _time, () => random);

    private Task RunAsync(HealthCheckService service) => Task.Run(() => service.StartWithReadyNotifierAsync(_shutdown, this));

    private async Task StopAsync(Task run)
    {
        await _shutdown.SetAsync(new ShutdownRequest(ShutdownKind.Graceful, "test", _time.GetUtcNow()));
        await run.WaitAsync(Patience);
    }

    private async Task<Check> NextAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        return await _checks.Reader.ReadAsync(timeout.Token);
    }

    private void InterlockedMax(int value)
    {
        for (var seen = Volatile.Read(ref _mostInFlight); value > seen; seen = Volatile.Read(ref _mostInFlight))
        {
            if (Interlocked.CompareExchange(ref _mostInFlight, value, seen) == seen)
                return;
        }
    }

    private sealed class Check(string target)
    {
        private readonly TaskCompletionSource<string?> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Target { get; } = target;

        public Task<string?> Outcome => _outcome.Task;

        public void End(string? error) => _outcome.SetResult(error);
    }
}

using System.Diagnostics;
using Akka.Actor;
using Xunit;

namespace Akka.Embedded.Tests.Engine;

public sealed class TimerWheelSpec : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly List<Exception> _errors = [];
    private readonly TimerWheel _wheel;

    public TimerWheelSpec() => _wheel = new TimerWheel("wheel-spec", Tick, 16, _errors.Add);

    public void Dispose() => _wheel.Dispose();

    [Theory(DisplayName = "A timer fires once and never early, also beyond one turn of the wheel")]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(155)]
    [InlineData(400)]
    public async Task Never_early(int milliseconds)
    {
        var fired = new TaskCompletionSource<TimeSpan>();
        var watch = Stopwatch.StartNew();
        Assert.True(_wheel.Add(new Probe(() => fired.SetResult(watch.Elapsed)), TimeSpan.FromMilliseconds(milliseconds), TimeSpan.Zero));
        Assert.True(await fired.Task.WaitAsync(TimeSpan.FromSeconds(10)) >= TimeSpan.FromMilliseconds(milliseconds));
    }

    [Fact(DisplayName = "Timers fire in the order in which they are due, whatever the order of their start")]
    public async Task In_order()
    {
        var order = new List<int>();
        var last = new TaskCompletionSource();
        foreach (var delay in new[] { 300, 60, 180, 120, 240 })
            _wheel.Add(new Probe(() => { order.Add(delay); if (delay == 300) last.SetResult(); }), TimeSpan.FromMilliseconds(delay), TimeSpan.Zero);
        await last.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal([60, 120, 180, 240, 300], order);
    }

    [Fact(DisplayName = "A removed timer does not fire; removing it twice, or after it fired, does no harm")]
    public async Task Removal()
    {
        var removedFired = false;
        var removed = new Probe(() => removedFired = true);
        var later = new TaskCompletionSource();
        _wheel.Add(removed, TimeSpan.FromMilliseconds(30), TimeSpan.Zero);
        var sentinel = new Probe(later.SetResult);
        _wheel.Add(sentinel, TimeSpan.FromMilliseconds(100), TimeSpan.Zero);
        removed.Remove();
        removed.Remove();
        await later.Task.WaitAsync(TimeSpan.FromSeconds(10));
        sentinel.Remove();
        Assert.False(removedFired);
    }

    [Fact(DisplayName = "A periodic timer keeps its rate from the first due time and stops when it is removed from its own action")]
    public async Task Periodic()
    {
        var fired = 0;
        var done = new TaskCompletionSource<TimeSpan>();
        var watch = Stopwatch.StartNew();
        Probe? timer = null;
        timer = new Probe(() =>
        {
            if (++fired == 20)
            {
                timer!.Remove();
                done.SetResult(watch.Elapsed);
            }
        });
        _wheel.Add(timer, TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(15));
        var elapsed = await done.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(elapsed >= TimeSpan.FromMilliseconds(20 + 19 * 15), $"20 firings took {elapsed}");

        var sentinel = new TaskCompletionSource();
        _wheel.Add(new Probe(sentinel.SetResult), TimeSpan.FromMilliseconds(80), TimeSpan.Zero);
        await sentinel.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(20, fired);
    }

    [Fact(DisplayName = "A repetition after the longest time there is fires once and leaves the wheel working")]
    public async Task Longest_interval()
    {
        var fired = new TaskCompletionSource();
        _wheel.Add(new Probe(fired.SetResult), TimeSpan.Zero, TimeSpan.MaxValue);
        await fired.Task.WaitAsync(TimeSpan.FromSeconds(10));
        _wheel.Add(new Probe(() => throw new InvalidOperationException("too early")), TimeSpan.MaxValue, TimeSpan.MaxValue);
        var after = new TaskCompletionSource();
        _wheel.Add(new Probe(after.SetResult), TimeSpan.FromMilliseconds(60), TimeSpan.Zero);
        await after.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(_errors);
    }

    [Fact(DisplayName = "An action that throws is reported and the wheel goes on")]
    public async Task Survives_errors()
    {
        var after = new TaskCompletionSource();
        _wheel.Add(new Probe(() => throw new InvalidOperationException("timer")), TimeSpan.FromMilliseconds(10), TimeSpan.Zero);
        _wheel.Add(new Probe(after.SetResult), TimeSpan.FromMilliseconds(60), TimeSpan.Zero);
        await after.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("timer", Assert.Single(_errors).Message);
    }

    [Fact(DisplayName = "After the shutdown nothing fires and nothing can be added")]
    public void Shutdown()
    {
        var fired = false;
        _wheel.Add(new Probe(() => fired = true), TimeSpan.FromMilliseconds(20), TimeSpan.Zero);
        _wheel.Dispose();
        Assert.False(_wheel.Add(new Probe(() => fired = true), TimeSpan.Zero, TimeSpan.Zero));
        Assert.False(fired);
    }

    [Fact(DisplayName = "Starts and removals of 100,000 timers from several threads leave an empty wheel that still works")]
    public async Task Many()
    {
        Parallel.For(0, 4, _ =>
        {
            var timers = new List<Probe>();
            for (var i = 0; i < 25_000; i++)
            {
                var timer = new Probe(() => throw new InvalidOperationException("removed"));
                _wheel.Add(timer, TimeSpan.FromHours(1) + TimeSpan.FromMilliseconds(i), TimeSpan.Zero);
                timers.Add(timer);
            }

            timers.ForEach(timer => timer.Remove());
        });
        var works = new TaskCompletionSource();
        _wheel.Add(new Probe(works.SetResult), Tick, TimeSpan.Zero);
        await works.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(_errors);
    }

    private sealed class Probe(Action action) : WheelTimer
    {
        internal override void Fire() => action();
    }
}

using System.Collections.Concurrent;

namespace ActorNode.Tezos.Tests.Support;

/// <summary>A clock that stands still until the test moves it. Timers that become due fire in the moving thread.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly ConcurrentDictionary<ManualTimer, bool> _timers = new();
    private DateTimeOffset _now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan time)
    {
        _now += time;
        foreach (var timer in _timers.Keys.Where(timer => timer.Due <= _now))
            if (_timers.TryRemove(timer, out _))
                timer.Callback();
    }

    private sealed class ManualTimer(ManualClock clock, Action callback) : ITimer
    {
        public Action Callback { get; } = callback;

        public DateTimeOffset Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock._timers.TryRemove(this, out _);
            if (dueTime == Timeout.InfiniteTimeSpan)
                return true;
            Due = clock._now + dueTime;
            return clock._timers.TryAdd(this, true);
        }

        public void Dispose() => clock._timers.TryRemove(this, out _);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>
/// A scheduler whose time moves by <see cref="Advance"/> alone. What has fallen due runs on the advancing thread, by time and then by the
/// order in which it was scheduled. A repeated item runs once per advance, however many intervals that skips, and next one interval after
/// the new now. What is scheduled during an advance waits for the next one. The monotonic clocks stay real. Any thread may schedule.
/// </summary>
public class TestScheduler : IScheduler, IAdvancedScheduler
{
    private readonly object _gate = new();
    private readonly PriorityQueue<Item, (long Due, long Order)> _items = new();
    private DateTimeOffset _now = DateTimeOffset.UtcNow;
    private long _lastOrder;

    /// <summary>The signature by which an actor system makes its scheduler; this one needs neither argument.</summary>
    public TestScheduler(Config schedulerConfig, ILoggingAdapter log)
    {
        _ = schedulerConfig;
        _ = log;
    }

    public DateTimeOffset Now => TimeNow;

    public TimeSpan MonotonicClock => Stopwatch.GetElapsedTime(0);

    public TimeSpan HighResMonotonicClock => MonotonicClock;

    public IAdvancedScheduler Advanced => this;

    protected DateTimeOffset TimeNow
    {
        get
        {
            lock (_gate)
                return _now;
        }
    }

    public void Advance(TimeSpan offset)
    {
        if (offset < TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, "Time goes forward only");

        foreach (var item in FallingDue(offset))
        {
            if (item.Cancelable is { IsCancellationRequested: true })
                continue;
            item.Action();
            if (item.Interval is { } interval)
                Add(interval, interval, item.Action, item.Cancelable);
        }
    }

    public void AdvanceTo(DateTimeOffset when)
    {
        var now = TimeNow;
        if (when < now)
            throw new InvalidOperationException($"Time goes forward only: it is {now:O}, later than {when:O}");
        Advance(when - now);
    }

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender) =>
        ScheduleTellOnce(delay, receiver, message, sender, null);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Add(delay, null, () => receiver.Tell(message, sender), cancelable);

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender) =>
        ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, null);

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender,
        ICancelable? cancelable) =>
        Add(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    public void ScheduleOnce(TimeSpan delay, Action action) => ScheduleOnce(delay, action, null);

    public void ScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) => Add(delay, null, action, cancelable);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action) =>
        ScheduleRepeatedly(initialDelay, interval, action, null);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable) =>
        Add(initialDelay, interval, action, cancelable);

    // As in the original, runnables are not for virtual time.
    public void ScheduleOnce(TimeSpan delay, IRunnable action) => throw ActionsOnly();

    public void ScheduleOnce(TimeSpan delay, IRunnable action, ICancelable? cancelable) => throw ActionsOnly();

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action) => throw ActionsOnly();

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable? cancelable) =>
        throw ActionsOnly();

    private static NotImplementedException ActionsOnly() => new("The test scheduler takes actions and messages, no runnables");

    private void Add(TimeSpan delay, TimeSpan? interval, Action action, ICancelable? cancelable)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        if (interval is { } period)
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(period, TimeSpan.Zero);
        lock (_gate)
            _items.Enqueue(new Item(action, interval, cancelable), (_now.UtcTicks + delay.Ticks, _lastOrder++));
    }

    private List<Item> FallingDue(TimeSpan offset)
    {
        lock (_gate)
        {
            _now += offset;
            var due = new List<Item>();
            while (_items.TryPeek(out var item, out var priority) && priority.Due <= _now.UtcTicks)
            {
                _items.Dequeue();
                due.Add(item);
            }

            return due;
        }
    }

    private sealed record Item(Action Action, TimeSpan? Interval, ICancelable? Cancelable);
}

using System.Diagnostics;

namespace Akka.Actor;

/// <summary>Work in a <see cref="TimerWheel"/>: a node of its bucket's list, so that removal costs no search.</summary>
internal abstract class WheelTimer
{
    internal TimerWheel? Wheel;
    internal WheelTimer? Previous;
    internal WheelTimer? Next;
    internal long DueTick;

    /// <summary>When it is due, in the wheel's clock: kept apart from the tick, so that repetitions do not drift.</summary>
    internal TimeSpan Due;

    /// <summary>Zero for once.</summary>
    internal TimeSpan Interval;

    /// <summary>Runs on the wheel's thread.</summary>
    internal abstract void Fire();

    internal virtual bool IsCancelled => false;

    /// <summary>Takes it out of the wheel. Harmless when it is not there any more. It may be firing at this moment.</summary>
    internal void Remove() => Wheel?.Remove(this);
}

/// <summary>
/// Timers hashed by due tick into buckets; one thread walks them. Adding and removing are O(1) under one short lock, a tick
/// looks at its bucket only. The thread sleeps when there has been no timer for a while: not at once, since waking it for each
/// of many short-lived timers costs more than its ticks. A timer never fires early and at most one tick late,
/// as far as the machine lets the thread run.
/// </summary>
internal sealed class TimerWheel : IDisposable
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Never = TimeSpan.MaxValue / 2;

    private readonly Lock _gate = new();
    private readonly WheelTimer?[] _buckets;
    private readonly TimeSpan _tick;
    private readonly Action<Exception> _onError;
    private readonly Thread _thread;
    private readonly AutoResetEvent _wake = new(false);
    private readonly List<WheelTimer> _due = [];
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _currentTick;
    private long _lastUsedTick;
    private int _count;
    private bool _sleeps;
    private bool _stopped;

    public TimerWheel(string name, TimeSpan tick, int buckets, Action<Exception> onError)
    {
        _tick = tick;
        _buckets = new WheelTimer?[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(buckets, 2))];
        _onError = onError;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    internal TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <summary>Returns false after the shutdown: the timer will never fire.</summary>
    public bool Add(WheelTimer timer, TimeSpan delay, TimeSpan interval)
    {
        timer.Wheel = this;
        timer.Interval = interval;
        timer.Due = After(Elapsed, delay);
        bool wake;
        lock (_gate)
        {
            if (_stopped)
                return false;
            _count++;
            Link(timer);
            wake = _sleeps;
            _sleeps = false;
        }

        if (wake)
            _wake.Set();
        return true;
    }

    public void Remove(WheelTimer timer)
    {
        lock (_gate)
        {
            timer.Interval = TimeSpan.Zero;
            if (timer.DueTick < 0)
                return;
            Unlink(timer);
            _count--;
        }
    }

    public void Dispose() => Stop(Timeout.InfiniteTimeSpan);

    /// <summary>Forgets all timers and waits for the thread: what is firing may still end.</summary>
    public void Stop(TimeSpan wait)
    {
        lock (_gate)
        {
            if (_stopped)
                return;
            _stopped = true;
            Array.Clear(_buckets);
            _count = 0;
        }

        // Not disposed of: somebody may be adding a timer at this moment.
        _wake.Set();
        if (Thread.CurrentThread != _thread)
            _thread.Join(wait);
    }

    private void Run()
    {
        while (true)
        {
            bool idle;
            lock (_gate)
            {
                if (_stopped)
                    return;
                if (_count > 0)
                    _lastUsedTick = _currentTick;
                idle = _sleeps = _count == 0 && (_currentTick - _lastUsedTick) * _tick > Linger;
            }

            if (idle)
                _wake.WaitOne();
            else
                Sleep();
            CollectDue();
            foreach (var timer in _due)
                Fire(timer);
            _due.Clear();
        }
    }

    private void Sleep()
    {
        var wait = _tick * (_currentTick + 1) - Elapsed;
        if (wait > TimeSpan.Zero)
            Thread.Sleep(wait + TimeSpan.FromMilliseconds(0.5));
    }

    private void CollectDue()
    {
        lock (_gate)
        {
            var now = TickAt(Elapsed);
            // After a pause of the machine longer than one turn, each bucket needs one look only.
            var from = Math.Max(_currentTick + 1, now - _buckets.Length + 1);
            for (var tick = from; tick <= now; tick++)
            {
                for (var timer = _buckets[tick & (_buckets.Length - 1)]; timer is not null;)
                {
                    var next = timer.Next;
                    if (timer.DueTick <= now)
                    {
                        Unlink(timer);
                        _count--;
                        _due.Add(timer);
                    }

                    timer = next;
                }
            }

            _currentTick = Math.Max(_currentTick, now);
        }

        if (_due.Count > 1)
            _due.Sort(static (a, b) => a.Due.CompareTo(b.Due));
    }

    private void Fire(WheelTimer timer)
    {
        if (timer.IsCancelled)
            return;
        try
        {
            timer.Fire();
        }
        catch (Exception e)
        {
            // It would most likely fail for ever.
            _onError(e);
            return;
        }

        lock (_gate)
        {
            if (_stopped || timer.Interval == TimeSpan.Zero || timer.IsCancelled)
                return;
            timer.Due = After(timer.Due, timer.Interval);
            _count++;
            Link(timer);
        }
    }

    /// <summary>Far enough for never, where the sum would be more than a time can be.</summary>
    private static TimeSpan After(TimeSpan time, TimeSpan delay) => delay > Never - time ? Never : time + delay;

    /// <summary>The last tick whose time has come.</summary>
    private long TickAt(TimeSpan time) => time.Ticks / _tick.Ticks;

    private void Link(WheelTimer timer)
    {
        // Rounded up: never early. A timer that is due already goes to the next tick that the thread looks at.
        timer.DueTick = Math.Max((timer.Due.Ticks + _tick.Ticks - 1) / _tick.Ticks, _currentTick + 1);
        ref var head = ref _buckets[timer.DueTick & (_buckets.Length - 1)];
        timer.Previous = null;
        timer.Next = head;
        if (head is not null)
            head.Previous = timer;
        head = timer;
    }

    private void Unlink(WheelTimer timer)
    {
        if (timer.Previous is null)
            _buckets[timer.DueTick & (_buckets.Length - 1)] = timer.Next;
        else
            timer.Previous.Next = timer.Next;
        if (timer.Next is not null)
            timer.Next.Previous = timer.Previous;
        timer.Previous = timer.Next = null;
        timer.DueTick = -1;
    }
}

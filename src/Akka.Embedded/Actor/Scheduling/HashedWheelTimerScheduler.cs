using System.Diagnostics;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// The default scheduler: a <see cref="TimerWheel"/> whose tick is <c>akka.scheduler.tick-duration</c>. Messages are sent and
/// actions run on the wheel's thread; periodic work keeps its rate from the first due time and is never merged.
/// </summary>
public sealed class HashedWheelTimerScheduler : SchedulerBase, IDateTimeOffsetNowTimeProvider, IDisposable
{
    private static readonly long Epoch = Stopwatch.GetTimestamp();

    private readonly TimeSpan _shutdownTimeout;

    public HashedWheelTimerScheduler(Config scheduler, ILoggingAdapter log) : base(scheduler, log)
    {
        var tick = scheduler.GetTimeSpan("akka.scheduler.tick-duration", TimeSpan.FromMilliseconds(10), allowInfinite: false);
        var buckets = scheduler.GetInt("akka.scheduler.ticks-per-wheel", 512);
        if (tick < TimeSpan.FromMilliseconds(1))
            throw new ConfigurationException($"akka.scheduler.tick-duration must be 1 ms or more, but is {tick}");
        if (buckets is < 2 or > 1 << 20)
            throw new ConfigurationException($"akka.scheduler.ticks-per-wheel must be from 2 to 1048576, but is {buckets}");
        _shutdownTimeout = scheduler.GetTimeSpan("akka.scheduler.shutdown-timeout", TimeSpan.FromSeconds(5));
        Wheel = new TimerWheel("akka-scheduler", tick, buckets, e => Log.Error(e, "Scheduled work failed"));
    }

    public override TimeSpan MonotonicClock => Stopwatch.GetElapsedTime(Epoch);

    public override TimeSpan HighResMonotonicClock => Stopwatch.GetElapsedTime(Epoch);

    internal TimerWheel Wheel { get; }

    protected override DateTimeOffset TimeNow => DateTimeOffset.UtcNow;

    public void Dispose() => Wheel.Stop(_shutdownTimeout);

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Schedule(new TellTimer(receiver, message, sender, cancelable), delay, TimeSpan.Zero, cancelable);

    protected override void InternalScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender,
        ICancelable? cancelable) => Schedule(new TellTimer(receiver, message, sender, cancelable), initialDelay, interval, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) =>
        Schedule(new ActionTimer(action, cancelable), delay, TimeSpan.Zero, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable? cancelable) =>
        InternalScheduleOnce(delay, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable) =>
        Schedule(new ActionTimer(action, cancelable), initialDelay, interval, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable? cancelable) =>
        InternalScheduleRepeatedly(initialDelay, interval, action.Run, cancelable);

    private void Schedule(WheelTimer timer, TimeSpan delay, TimeSpan interval, ICancelable? cancelable)
    {
        if (cancelable is { IsCancellationRequested: true })
            return;
        if (!Wheel.Add(timer, delay, interval))
            throw new SchedulerException("cannot enqueue after timer shutdown");
        switch (cancelable)
        {
            case Cancelable own:
                own.Attach(timer);
                break;
            case not null:
                cancelable.Token.UnsafeRegister(static state => ((WheelTimer)state!).Remove(), timer);
                break;
        }
    }

    private sealed class TellTimer(ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) : WheelTimer
    {
        internal override bool IsCancelled => cancelable is { IsCancellationRequested: true };

        internal override void Fire() => receiver.Tell(message, sender);
    }

    private sealed class ActionTimer(Action action, ICancelable? cancelable) : WheelTimer
    {
        internal override bool IsCancelled => cancelable is { IsCancellationRequested: true };

        internal override void Fire() => action();
    }
}

/// <summary>The machine's clock.</summary>
public class DateTimeOffsetNowTimeProvider : IDateTimeOffsetNowTimeProvider
{
    private static readonly long Epoch = Stopwatch.GetTimestamp();

    private DateTimeOffsetNowTimeProvider()
    {
    }

    public static DateTimeOffsetNowTimeProvider Instance { get; } = new();

    public DateTimeOffset Now => DateTimeOffset.UtcNow;

    public TimeSpan MonotonicClock => Stopwatch.GetElapsedTime(Epoch);

    public TimeSpan HighResMonotonicClock => Stopwatch.GetElapsedTime(Epoch);
}

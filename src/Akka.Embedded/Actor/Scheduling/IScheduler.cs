using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>The clocks of a scheduler. A test's scheduler moves <see cref="Now"/> by hand.</summary>
public interface ITimeProvider
{
    DateTimeOffset Now { get; }

    TimeSpan MonotonicClock { get; }

    TimeSpan HighResMonotonicClock { get; }
}

public interface IDateTimeOffsetNowTimeProvider : ITimeProvider;

/// <summary>Cancels what was scheduled with it.</summary>
public interface ICancelable
{
    bool IsCancellationRequested { get; }

    CancellationToken Token { get; }

    void Cancel();

    void CancelAfter(TimeSpan delay);

    void CancelAfter(int millisecondsDelay);

    void Cancel(bool throwOnFirstException);
}

/// <summary>Sends messages later. Nothing is sent early; after a cancellation nothing more is sent.</summary>
public interface ITellScheduler
{
    void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender);

    void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable);

    void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender);

    void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable);
}

public interface IRunnableScheduler
{
    void ScheduleOnce(TimeSpan delay, IRunnable action);

    void ScheduleOnce(TimeSpan delay, IRunnable action, ICancelable? cancelable);

    void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action);

    void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable? cancelable);
}

/// <summary>Runs delegates later, on the scheduler's thread: they must be short and must not touch an actor's state.</summary>
public interface IActionScheduler : IRunnableScheduler
{
    void ScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable);

    void ScheduleOnce(TimeSpan delay, Action action);

    void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable);

    void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action);
}

public interface IAdvancedScheduler : IActionScheduler;

public interface IScheduler : ITellScheduler, ITimeProvider
{
    IAdvancedScheduler Advanced { get; }
}

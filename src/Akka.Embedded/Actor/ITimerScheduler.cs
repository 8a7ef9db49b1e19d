namespace Akka.Actor;

/// <summary>
/// Timers that belong to one incarnation of an actor. After a timer was cancelled, replaced or outlived by a restart, none of
/// its messages is received, not even one that was in the mailbox already. Not for use from other threads.
/// </summary>
public interface ITimerScheduler
{
    IReadOnlyCollection<object> ActiveTimers { get; }

    /// <summary>Sends <paramref name="msg"/> at a fixed rate; replaces the timer of the same key.</summary>
    void StartPeriodicTimer(object key, object msg, TimeSpan interval);

    void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef sender);

    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval);

    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef sender);

    /// <summary>Sends <paramref name="msg"/> once; the timer is inactive by the time it is handled.</summary>
    void StartSingleTimer(object key, object msg, TimeSpan timeout);

    void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef sender);

    bool IsTimerActive(object key);

    void Cancel(object key);

    void CancelAll();
}

/// <summary>An actor with timers; the system sets them in the base constructor.</summary>
public interface IWithTimers
{
    ITimerScheduler Timers { get; set; }
}

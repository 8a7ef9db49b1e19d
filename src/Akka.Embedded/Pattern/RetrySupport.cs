using Akka.Actor;
using Akka.Util;

namespace Akka.Pattern;

/// <summary>Runs a task later.</summary>
public static class FutureTimeoutSupport
{
    public static async Task<T> After<T>(TimeSpan duration, IScheduler scheduler, Func<Task<T>> value)
    {
        var due = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        scheduler.Advanced.ScheduleOnce(duration, due.SetResult);
        await due.Task.ConfigureAwait(false);
        return await value().ConfigureAwait(false);
    }
}

/// <summary>Tries again what failed; the failure of the last attempt is the failure of all.</summary>
public static class RetrySupport
{
    public static Task<T> Retry<T>(Func<Task<T>> attempt, int attempts) => Retry(attempt, attempts, _ => Option<TimeSpan>.None, null!);

    public static Task<T> Retry<T>(Func<Task<T>> attempt, int attempts, TimeSpan minBackoff, TimeSpan maxBackoff, int randomFactor, IScheduler scheduler)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(minBackoff, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBackoff, minBackoff);
        if (randomFactor is < 0 or > 1)
            throw new ArgumentOutOfRangeException(nameof(randomFactor), "randomFactor must be between 0 and 1");
        return Retry(attempt, attempts, n => BackoffDelay.Of(n, minBackoff, maxBackoff, randomFactor), scheduler);
    }

    public static Task<T> Retry<T>(Func<Task<T>> attempt, int attempts, TimeSpan delay, IScheduler scheduler) =>
        Retry(attempt, attempts, _ => delay, scheduler);

    /// <param name="attempt">Made at once, and again after each failure.</param>
    /// <param name="attempts">How often it is tried again.</param>
    /// <param name="delayFunction">The wait before the given repetition, from 1; none for at once.</param>
    /// <param name="scheduler">Measures the waits.</param>
    public static async Task<T> Retry<T>(Func<Task<T>> attempt, int attempts, Func<int, Option<TimeSpan>> delayFunction, IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        ArgumentOutOfRangeException.ThrowIfNegative(attempts);
        for (var tried = 1; ; tried++)
        {
            try
            {
                return await attempt().ConfigureAwait(false);
            }
            catch (Exception) when (tried <= attempts)
            {
                var delay = delayFunction(tried);
                if (delay is { HasValue: true, Value: var wait } && wait > TimeSpan.Zero)
                    await FutureTimeoutSupport.After(wait, scheduler, static () => Task.FromResult(true)).ConfigureAwait(false);
            }
        }
    }
}

internal static class BackoffDelay
{
    /// <summary>min(max, min * 2^n) * (1 + rand * factor): the factor may take it beyond the maximum.</summary>
    public static TimeSpan Of(int restartCount, TimeSpan min, TimeSpan max, double randomFactor)
    {
        if (restartCount >= 30)
            return max;
        var factor = 1.0 + Random.Shared.NextDouble() * randomFactor;
        var ticks = Math.Min(max.Ticks, min.Ticks * Math.Pow(2, restartCount)) * factor;
        return ticks >= long.MaxValue ? max : TimeSpan.FromTicks((long)ticks);
    }
}

namespace Akka.TestKit;

// Polling for a state that no message tells of. Without an interval the polls start close together and spread out.
public abstract partial class TestKitBase
{
    private static readonly TimeSpan FirstInterval = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LastInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Repeats the assertion until it passes; when time is up the last failure is the test's.</summary>
    public void AwaitAssert(Action assertion, TimeSpan? duration = null, TimeSpan? interval = null,
        CancellationToken cancellationToken = default) =>
        Repeat(async: false, () =>
        {
            assertion();
            return ValueTask.CompletedTask;
        }, duration, interval, cancellationToken).Done();

    public Task AwaitAssertAsync(Action assertion, TimeSpan? duration = null, TimeSpan? interval = null,
        CancellationToken cancellationToken = default) =>
        Repeat(async: true, () =>
        {
            assertion();
            return ValueTask.CompletedTask;
        }, duration, interval, cancellationToken).AsTask();

    public Task AwaitAssertAsync(Func<Task> assertion, TimeSpan? duration = null, TimeSpan? interval = null,
        CancellationToken cancellationToken = default) =>
        Repeat(async: true, async () => await assertion(), duration, interval, cancellationToken).AsTask();

    public void AwaitCondition(Func<bool> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        Await(async: false, AtOnce(conditionIsFulfilled), null, null, null, cancellationToken).Done();

    public void AwaitCondition(Func<bool> conditionIsFulfilled, TimeSpan? max, CancellationToken cancellationToken = default) =>
        Await(async: false, AtOnce(conditionIsFulfilled), max, null, null, cancellationToken).Done();

    public void AwaitCondition(Func<bool> conditionIsFulfilled, TimeSpan? max, string message,
        CancellationToken cancellationToken = default) =>
        Await(async: false, AtOnce(conditionIsFulfilled), max, null, message, cancellationToken).Done();

    public void AwaitCondition(Func<bool> conditionIsFulfilled, TimeSpan? max, TimeSpan? interval, string? message = null,
        CancellationToken cancellationToken = default) =>
        Await(async: false, AtOnce(conditionIsFulfilled), max, interval, message, cancellationToken).Done();

    public Task AwaitConditionAsync(Func<bool> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        Await(async: true, AtOnce(conditionIsFulfilled), null, null, null, cancellationToken).AsTask();

    public Task AwaitConditionAsync(Func<bool> conditionIsFulfilled, TimeSpan? max, string message,
        CancellationToken cancellationToken = default) =>
        Await(async: true, AtOnce(conditionIsFulfilled), max, null, message, cancellationToken).AsTask();

    public Task AwaitConditionAsync(Func<bool> conditionIsFulfilled, TimeSpan? max, TimeSpan? interval, string? message = null,
        CancellationToken cancellationToken = default) =>
        Await(async: true, AtOnce(conditionIsFulfilled), max, interval, message, cancellationToken).AsTask();

    public Task AwaitConditionAsync(Func<Task<bool>> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        Await(async: true, Later(conditionIsFulfilled), null, null, null, cancellationToken).AsTask();

    public Task AwaitConditionAsync(Func<Task<bool>> conditionIsFulfilled, TimeSpan? max, CancellationToken cancellationToken = default) =>
        Await(async: true, Later(conditionIsFulfilled), max, null, null, cancellationToken).AsTask();

    public Task AwaitConditionAsync(Func<Task<bool>> conditionIsFulfilled, TimeSpan? max, string message,
        CancellationToken cancellationToken = default) =>
        Await(async: true, Later(conditionIsFulfilled), max, null, message, cancellationToken).AsTask();

    public Task AwaitConditionAsync(Func<Task<bool>> conditionIsFulfilled, TimeSpan? max, TimeSpan? interval, string? message = null,
        CancellationToken cancellationToken = default) =>
        Await(async: true, Later(conditionIsFulfilled), max, interval, message, cancellationToken).AsTask();

    /// <summary>Whether the condition came true in time. <paramref name="max"/> is not dilated.</summary>
    public bool AwaitConditionNoThrow(Func<bool> conditionIsFulfilled, TimeSpan max, TimeSpan? interval = null,
        CancellationToken cancellationToken = default) =>
        Poll(async: false, AtOnce(conditionIsFulfilled), max, interval, cancellationToken).Result();

    public Task<bool> AwaitConditionNoThrowAsync(Func<bool> conditionIsFulfilled, TimeSpan max, TimeSpan? interval = null,
        CancellationToken cancellationToken = default) =>
        Poll(async: true, AtOnce(conditionIsFulfilled), max, interval, cancellationToken).AsTask();

    public Task<bool> AwaitConditionNoThrowAsync(Func<Task<bool>> conditionIsFulfilled, TimeSpan max, TimeSpan? interval = null,
        CancellationToken cancellationToken = default) =>
        Poll(async: true, Later(conditionIsFulfilled), max, interval, cancellationToken).AsTask();

    private async ValueTask Await(bool async, Func<ValueTask<bool>> condition, TimeSpan? max, TimeSpan? interval, string? message,
        CancellationToken cancellationToken)
    {
        var duration = RemainingOrDilated(max);
        if (!await Poll(async, condition, duration, interval, cancellationToken))
            throw Failure($"Timeout {duration} while waiting for a condition{(string.IsNullOrEmpty(message) ? "" : $": {message}")}");
    }

    internal static async ValueTask<bool> Poll(bool async, Func<ValueTask<bool>> condition, TimeSpan max, TimeSpan? interval,
        CancellationToken cancellationToken)
    {
        var deadline = Deadline.After(max);
        var pause = interval is { } given ? PositiveFinite(given, nameof(interval)) : FirstInterval;
        while (!await condition())
        {
            if (deadline.HasPassed)
                return false;
            await Synchronously.Pause(async, Soonest(deadline, pause), cancellationToken);
            pause = interval ?? Shorter(pause * 2, LastInterval);
        }

        return true;
    }

    private async ValueTask Repeat(bool async, Func<ValueTask> assertion, TimeSpan? duration, TimeSpan? interval,
        CancellationToken cancellationToken)
    {
        var deadline = Deadline.After(RemainingOrDilated(duration));
        var pause = interval is { } given ? PositiveFinite(given, nameof(interval)) : FirstInterval;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await assertion();
                return;
            }
            catch (Exception) when (!deadline.HasPassed)
            {
                // Not the last try: that one's failure is the test's.
            }

            await Synchronously.Pause(async, Soonest(deadline, pause), cancellationToken);
            pause = interval ?? Shorter(pause * 2, LastInterval);
        }
    }

    private static TimeSpan Soonest(Deadline deadline, TimeSpan pause) =>
        deadline.Left is var left && left >= TimeSpan.Zero ? Shorter(left, pause) : pause;

    private static Func<ValueTask<bool>> AtOnce(Func<bool> condition) => () => new ValueTask<bool>(condition());

    private static Func<ValueTask<bool>> Later(Func<Task<bool>> condition) => () => new ValueTask<bool>(condition());
}

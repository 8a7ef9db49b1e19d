using Akka.Actor;

namespace Akka.TestKit;

internal sealed class EventFilterApplier(TestKitBase testkit, ActorSystem system, IReadOnlyList<LogFilter> filters) : IEventFilterApplier
{
    public EventFilterFactory And => new(testkit, system, filters);

    public void ExpectOne(Action action, CancellationToken cancellationToken = default) =>
        Now(1, null, Function(action), cancellationToken);

    public void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken = default) =>
        Now(1, timeout, Function(action), cancellationToken);

    public void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default) =>
        Now(expectedCount, null, Function(action), cancellationToken);

    public void Expect(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default) =>
        Now(expectedCount, timeout, Function(action), cancellationToken);

    public T ExpectOne<T>(Func<T> func, CancellationToken cancellationToken = default) => Now(1, null, func, cancellationToken);

    public T ExpectOne<T>(TimeSpan timeout, Func<T> func, CancellationToken cancellationToken = default) =>
        Now(1, timeout, func, cancellationToken);

    public T Expect<T>(int expectedCount, Func<T> func, CancellationToken cancellationToken = default) =>
        Now(expectedCount, null, func, cancellationToken);

    public T Expect<T>(int expectedCount, TimeSpan timeout, Func<T> func, CancellationToken cancellationToken = default) =>
        Now(expectedCount, timeout, func, cancellationToken);

    public T Mute<T>(Func<T> func, CancellationToken cancellationToken = default) => Now(null, null, func, cancellationToken);

    public void Mute(Action action, CancellationToken cancellationToken = default) =>
        Now(null, null, Function(action), cancellationToken);

    public Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default) =>
        Later(1, null, Function(actionAsync), cancellationToken);

    public Task ExpectOneAsync(Action action, CancellationToken cancellationToken = default) =>
        Later(1, null, AsyncFunction(action), cancellationToken);

    public Task ExpectOneAsync(TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default) =>
        Later(1, timeout, Function(action), cancellationToken);

    public Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default) =>
        Later(expectedCount, null, Function(actionAsync), cancellationToken);

    public Task ExpectAsync(int expectedCount, Func<Task> actionAsync, TimeSpan? timeout, CancellationToken cancellationToken = default) =>
        Later(expectedCount, timeout, Function(actionAsync), cancellationToken);

    public Task ExpectAsync(int expectedCount, TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default) =>
        Later(expectedCount, timeout, Function(action), cancellationToken);

    public Task ExpectAsync(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default) =>
        Later(expectedCount, timeout, AsyncFunction(action), cancellationToken);

    public Task<T> ExpectOneAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        Later(1, null, func, cancellationToken);

    public Task<T> ExpectOneAsync<T>(TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        Later(1, timeout, func, cancellationToken);

    public Task<T> ExpectAsync<T>(int expectedCount, Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        Later(expectedCount, null, func, cancellationToken);

    public Task<T> ExpectAsync<T>(int expectedCount, TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        Later(expectedCount, timeout, func, cancellationToken);

    public Task<T> MuteAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        Later(null, null, func, cancellationToken);

    public Task MuteAsync(Func<Task> action, CancellationToken cancellationToken = default) =>
        Later(null, null, Function(action), cancellationToken);

    public Task MuteAsync(Action action, CancellationToken cancellationToken = default) =>
        Later(null, null, AsyncFunction(action), cancellationToken);

    public IUnmutableFilter Mute()
    {
        system.EventStream.Publish(new TestEventListener.Mute(filters));
        return new Muted(system, filters);
    }

    private T Now<T>(int? expected, TimeSpan? timeout, Func<T> block, CancellationToken cancellationToken) =>
        Intercept(async: false, expected, timeout, () => new ValueTask<T>(block()), cancellationToken).Result();

    private Task<T> Later<T>(int? expected, TimeSpan? timeout, Func<Task<T>> block, CancellationToken cancellationToken) =>
        Intercept(async: true, expected, timeout, () => new ValueTask<T>(block()), cancellationToken).AsTask();

    private async ValueTask<T> Intercept<T>(bool async, int? expected, TimeSpan? timeout, Func<ValueTask<T>> block,
        CancellationToken cancellationToken)
    {
        var max = timeout is { } given ? testkit.Dilated(given) : testkit.LeewayOf(system);
        var received = 0;
        void Count(Event.LogEvent _) => Interlocked.Increment(ref received);

        foreach (var filter in filters)
            filter.Matched += Count;
        try
        {
            using var muted = Mute();
            var result = await block();
            if (expected is { } count)
            {
                // Where none is expected, the one that would be too many is waited for.
                await TestKitBase.Poll(async, () => new ValueTask<bool>(Volatile.Read(ref received) >= Math.Max(count, 1)), max, null,
                    cancellationToken);
                Judge(count, Volatile.Read(ref received), max);
            }

            return result;
        }
        finally
        {
            foreach (var filter in filters)
                filter.Matched -= Count;
        }
    }

    private void Judge(int expected, int received, TimeSpan max)
    {
        var names = string.Join(", ", filters);
        if (received < expected)
            testkit.Assertions.Fail("Timeout ({0}) while waiting for log events: received {1} of {2} that match [{3}]", max, received, expected, names);
        else if (received > expected)
            testkit.Assertions.Fail("Received {0} log events too many: expected {1} that match [{2}]", received - expected, expected, names);
    }

    private static Func<Done> Function(Action action) => () =>
    {
        action();
        return Done.Instance;
    };

    private static Func<Task<Done>> AsyncFunction(Action action) => () =>
    {
        action();
        return Task.FromResult(Done.Instance);
    };

    private static Func<Task<Done>> Function(Func<Task> action) => async () =>
    {
        await action();
        return Done.Instance;
    };

    private sealed class Muted(ActorSystem system, IReadOnlyList<LogFilter> filters) : IUnmutableFilter
    {
        private int _ended;

        public void Unmute()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
                system.EventStream.Publish(new TestEventListener.Unmute(filters));
        }

        public void Dispose() => Unmute();
    }
}

namespace Akka.TestKit;

// Blocks with a least and a greatest duration; the greatest bounds the expectations inside that say nothing themselves.
public abstract partial class TestKitBase
{
    public void Within(TimeSpan max, Action action, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, action, null, epsilonValue, cancellationToken);

    public void Within(TimeSpan min, TimeSpan max, Action action, string? hint = null, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        Bounded(min, max, hint, epsilonValue, () =>
        {
            action();
            return new ValueTask<Done>(Done.Instance);
        }, cancellationToken).Result();

    public T Within<T>(TimeSpan max, Func<T> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    public T Within<T>(TimeSpan min, TimeSpan max, Func<T> function, string? hint = null, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        Bounded(min, max, hint, epsilonValue, () => new ValueTask<T>(function()), cancellationToken).Result();

    public Task WithinAsync(TimeSpan max, Func<Task> actionAsync, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        WithinAsync(TimeSpan.Zero, max, actionAsync, null, epsilonValue, cancellationToken);

    public Task WithinAsync(TimeSpan min, TimeSpan max, Func<Task> actionAsync, string? hint = null, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        Bounded(min, max, hint, epsilonValue, async () =>
        {
            await actionAsync();
            return Done.Instance;
        }, cancellationToken).AsTask();

    public Task<T> WithinAsync<T>(TimeSpan max, Func<Task<T>> function, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        WithinAsync(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    public Task<T> WithinAsync<T>(TimeSpan min, TimeSpan max, Func<Task<T>> function, string? hint = null, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        Bounded(min, max, hint, epsilonValue, () => new ValueTask<T>(function()), cancellationToken).AsTask();

    private async ValueTask<T> Bounded<T>(TimeSpan min, TimeSpan max, string? hint, TimeSpan? epsilon, Func<ValueTask<T>> block,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (min < TimeSpan.Zero)
            throw new ArgumentException($"min must not be negative, was {min}", nameof(min));
        PositiveFinite(max, nameof(max));

        max = Dilated(max);
        var start = Now;
        var outer = _end;
        var left = outer is { } end ? end - start : max;
        if (left < min)
            throw Failure($"A block that takes at least {min} is not possible, only {left} are left{Hint(hint)}");

        var allowed = Shorter(max, left);
        T result;
        _lastWasNoMessage = false;
        _end = start + allowed;
        try
        {
            result = await block();
        }
        finally
        {
            _end = outer;
        }

        var elapsed = Now - start;
        if (elapsed < min)
            throw Failure($"Block took {elapsed}, should at least have taken {min}{Hint(hint)}");
        // A block that ends by seeing nothing come uses all of its time, and a little more.
        if (!_lastWasNoMessage && elapsed > allowed + (epsilon ?? TimeSpan.Zero))
            throw Failure($"Block took {elapsed}, exceeding {allowed}{Hint(hint)}");
        return result;
    }
}

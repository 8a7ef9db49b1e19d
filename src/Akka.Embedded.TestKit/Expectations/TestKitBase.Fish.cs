using System.Collections;

namespace Akka.TestKit;

// Looking for one message among others.
public abstract partial class TestKitBase
{
    /// <summary>Takes and forgets messages until one satisfies the predicate.</summary>
    public object FishForMessage(Predicate<object> isMessage, TimeSpan? max = null, string hint = "",
        CancellationToken cancellationToken = default) =>
        Fish(async: false, isMessage, null, max, hint, cancellationToken).Result();

    public T FishForMessage<T>(Predicate<T> isMessage, TimeSpan? max = null, string hint = "",
        CancellationToken cancellationToken = default) =>
        Fish(async: false, isMessage, null, max, hint, cancellationToken).Result();

    /// <summary>As the form without <paramref name="allMessages"/>, which here gets what was passed over.</summary>
    public T FishForMessage<T>(Predicate<T> isMessage, ArrayList allMessages, TimeSpan? max = null, string hint = "",
        CancellationToken cancellationToken = default) =>
        Fish(async: false, isMessage, allMessages, max, hint, cancellationToken).Result();

    public ValueTask<object> FishForMessageAsync(Predicate<object> isMessage, TimeSpan? max = null, string hint = "",
        CancellationToken cancellationToken = default) =>
        Fish(async: true, isMessage, null, max, hint, cancellationToken);

    public ValueTask<T> FishForMessageAsync<T>(Predicate<T> isMessage, TimeSpan? max = null, string hint = "",
        CancellationToken cancellationToken = default) =>
        Fish(async: true, isMessage, null, max, hint, cancellationToken);

    public ValueTask<T> FishForMessageAsync<T>(Predicate<T> isMessage, ArrayList allMessages, TimeSpan? max = null, string hint = "",
        CancellationToken cancellationToken = default) =>
        Fish(async: true, isMessage, allMessages, max, hint, cancellationToken);

    /// <summary>Takes every message during <paramref name="max"/> and fails on one of type <typeparamref name="T"/>.</summary>
    public async Task FishUntilMessageAsync<T>(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        await TakeWhile<object>(async: true, max, null, message =>
        {
            _assertions.AssertFalse(message is T, "Did not expect a message of type {0}", typeof(T));
            return true;
        }, int.MaxValue, skipOthers: true, cancellationToken);

    private async ValueTask<T> Fish<T>(bool async, Predicate<T> isMessage, ArrayList? passedOver, TimeSpan? max, string hint,
        CancellationToken cancellationToken)
    {
        var duration = RemainingOrDilated(max);
        var deadline = Deadline.After(duration);
        passedOver?.Clear();
        while (await Take(async, deadline.Left, cancellationToken) is { } envelope)
        {
            if (envelope.Message is T message && isMessage(message))
                return message;
            passedOver?.Add(envelope.Message);
        }

        throw Untrue($"Timeout ({duration}) while fishing for a message of type {typeof(T)}{Hint(hint)}");
    }
}

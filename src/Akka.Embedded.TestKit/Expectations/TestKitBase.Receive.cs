using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Akka.TestKit;

// Taking messages out of the inbox without judging them.
public abstract partial class TestKitBase
{
    /// <summary>The next message, or null when none comes in time. An explicit <paramref name="max"/> is not dilated; negative waits for
    /// ever.</summary>
    public object? ReceiveOne(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        Take(async: false, max, cancellationToken).Result()?.Message;

    public async ValueTask<object?> ReceiveOneAsync(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        (await Take(async: true, max, cancellationToken))?.Message;

    public bool TryReceiveOne([NotNullWhen(true)] out MessageEnvelope? envelope, TimeSpan? max = null,
        CancellationToken cancellationToken = default)
    {
        envelope = Take(async: false, max, cancellationToken).Result();
        return envelope is not null;
    }

    public async ValueTask<(bool success, MessageEnvelope envelope)> TryReceiveOneAsync(TimeSpan? max,
        CancellationToken cancellationToken = default)
    {
        var envelope = await Take(async: true, max, cancellationToken);
        return (envelope is not null, envelope ?? NullMessageEnvelope.Instance);
    }

    /// <summary>The next message, which stays the next one; null when none comes in time.</summary>
    public object? PeekOne(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        Peek(async: false, max, cancellationToken).Result()?.Message;

    public object? PeekOne(CancellationToken cancellationToken) => PeekOne(null, cancellationToken);

    public async ValueTask<object?> PeekOneAsync(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        (await Peek(async: true, max, cancellationToken))?.Message;

    public ValueTask<object?> PeekOneAsync(CancellationToken cancellationToken) => PeekOneAsync(null, cancellationToken);

    public bool TryPeekOne([NotNullWhen(true)] out MessageEnvelope? envelope, TimeSpan? max, CancellationToken cancellationToken)
    {
        envelope = Peek(async: false, max, cancellationToken).Result();
        return envelope is not null;
    }

    public async ValueTask<(bool success, MessageEnvelope envelope)> TryPeekOneAsync(TimeSpan? max, CancellationToken cancellationToken)
    {
        var envelope = await Peek(async: true, max, cancellationToken);
        return (envelope is not null, envelope ?? NullMessageEnvelope.Instance);
    }

    /// <summary>The next messages; fails unless all come in time.</summary>
    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, CancellationToken cancellationToken = default) =>
        TakeMany(async: false, numberOfMessages, RemainingOrDefault, cancellationToken).Result();

    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default) =>
        TakeMany(async: false, numberOfMessages, RemainingOrDilated(max), cancellationToken).Result();

    public IAsyncEnumerable<object> ReceiveNAsync(int numberOfMessages, CancellationToken cancellationToken = default) =>
        Each(() => TakeMany(async: true, numberOfMessages, RemainingOrDefault, cancellationToken), cancellationToken);

    public IAsyncEnumerable<object> ReceiveNAsync(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default) =>
        Each(() => TakeMany(async: true, numberOfMessages, RemainingOrDilated(max), cancellationToken), cancellationToken);

    /// <summary>Messages as long as <paramref name="filter"/> makes something of them, at most <paramref name="msgs"/> in
    /// <paramref name="max"/>, where given with pauses of at most <c>idle</c>. The message that ends the row stays in the inbox.</summary>
    public IReadOnlyList<T> ReceiveWhile<T>(TimeSpan? max, Func<object, T> filter, int msgs = int.MaxValue,
        CancellationToken cancellationToken = default) =>
        TakeWhile(async: false, max, null, filter, msgs, cancellationToken).Result();

    public IReadOnlyList<T> ReceiveWhile<T>(TimeSpan? max, TimeSpan? idle, Func<object, T> filter, int msgs = int.MaxValue,
        CancellationToken cancellationToken = default) =>
        TakeWhile(async: false, max, idle, filter, msgs, cancellationToken).Result();

    public IReadOnlyList<T> ReceiveWhile<T>(Func<object, T> filter, TimeSpan? max = null, TimeSpan? idle = null, int msgs = int.MaxValue,
        CancellationToken cancellationToken = default) =>
        TakeWhile(async: false, max, idle, filter, msgs, cancellationToken).Result();

    public IReadOnlyList<T> ReceiveWhile<T>(Predicate<T> shouldContinue, TimeSpan? max = null, TimeSpan? idle = null,
        int msgs = int.MaxValue, bool shouldIgnoreOtherMessageTypes = true, CancellationToken cancellationToken = default) =>
        TakeWhile(async: false, max, idle, shouldContinue, msgs, shouldIgnoreOtherMessageTypes, cancellationToken).Result();

    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(TimeSpan? max, Func<object, T> filter, int msgs = int.MaxValue,
        CancellationToken cancellationToken = default) =>
        Each(() => TakeWhile(async: true, max, null, filter, msgs, cancellationToken), cancellationToken);

    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(TimeSpan? max, TimeSpan? idle, Func<object, T> filter, int msgs = int.MaxValue,
        CancellationToken cancellationToken = default) =>
        Each(() => TakeWhile(async: true, max, idle, filter, msgs, cancellationToken), cancellationToken);

    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(Func<object, T> filter, TimeSpan? max = null, TimeSpan? idle = null,
        int msgs = int.MaxValue, CancellationToken cancellationToken = default) =>
        Each(() => TakeWhile(async: true, max, idle, filter, msgs, cancellationToken), cancellationToken);

    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(Predicate<T> shouldContinue, TimeSpan? max = null, TimeSpan? idle = null,
        int msgs = int.MaxValue, bool shouldIgnoreOtherMessageTypes = true, CancellationToken cancellationToken = default) =>
        Each(() => TakeWhile(async: true, max, idle, shouldContinue, msgs, shouldIgnoreOtherMessageTypes, cancellationToken), cancellationToken);

    /// <summary>Takes messages until none has come for <paramref name="max"/>; fails when that are more than
    /// <paramref name="maxMessages"/>.</summary>
    public async Task<ArrayList> WaitForRadioSilenceAsync(TimeSpan? max = null, uint? maxMessages = null,
        CancellationToken cancellationToken = default)
    {
        var messages = new ArrayList();
        while (await ReceiveOneAsync(max, cancellationToken) is { } message)
        {
            messages.Add(message);
            _assertions.AssertFalse(messages.Count > maxMessages, "More than {0} messages before silence", maxMessages ?? 0);
        }

        return ArrayList.ReadOnly(messages);
    }

    private async ValueTask<MessageEnvelope?> Take(bool async, TimeSpan? max, CancellationToken cancellationToken)
    {
        var envelope = await _inbox.Next(async, remove: true, max ?? RemainingOrDefault, cancellationToken);
        _lastWasNoMessage = false;
        _last = envelope ?? NullMessageEnvelope.Instance;
        return envelope;
    }

    private async ValueTask<MessageEnvelope?> Peek(bool async, TimeSpan? max, CancellationToken cancellationToken)
    {
        var envelope = await _inbox.Next(async, remove: false, max ?? RemainingOrDefault, cancellationToken);
        _lastWasNoMessage = false;
        _last = envelope ?? NullMessageEnvelope.Instance;
        return envelope;
    }

    private async ValueTask<IReadOnlyList<object>> TakeMany(bool async, int count, TimeSpan max, CancellationToken cancellationToken)
    {
        var deadline = Deadline.After(max);
        var messages = new List<object>(Math.Min(count, 1024));
        while (messages.Count < count)
        {
            if (await Take(async, deadline.Left, cancellationToken) is not { } envelope)
                throw Untrue($"Timeout ({max}) while expecting {count} messages, got {messages.Count}{Listed(messages)}");
            messages.Add(envelope.Message);
        }

        return messages;
    }

    private ValueTask<IReadOnlyList<T>> TakeWhile<T>(bool async, TimeSpan? max, TimeSpan? idle, Predicate<T> shouldContinue, int msgs,
        bool skipOthers, CancellationToken cancellationToken) =>
        TakeRow<T>(async, max, idle, msgs, (message, taken) =>
        {
            if (message is not T typed)
                return skipOthers;
            if (!shouldContinue(typed))
                return false;
            taken.Add(typed);
            return true;
        }, [], cancellationToken);

    private ValueTask<IReadOnlyList<T>> TakeWhile<T>(bool async, TimeSpan? max, TimeSpan? idle, Func<object, T?> filter, int msgs,
        CancellationToken cancellationToken) =>
        TakeRow<T>(async, max, idle, msgs, (message, taken) =>
        {
            if (filter(message) is not { } result)
                return false;
            taken.Add(result);
            return true;
        }, [], cancellationToken);

    private async ValueTask<IReadOnlyList<T>> TakeRow<T>(bool async, TimeSpan? max, TimeSpan? idle, int msgs,
        Func<object, List<T>, bool> keep, List<T> taken, CancellationToken cancellationToken)
    {
        var deadline = Deadline.After(RemainingOrDilated(max));
        var pause = idle is { } given && given >= TimeSpan.Zero ? given : TimeSpan.MaxValue;
        MessageEnvelope last = NullMessageEnvelope.Instance;
        while (taken.Count < msgs
            && await _inbox.Next(async, remove: false, Shorter(deadline.Left, pause), cancellationToken) is { } envelope
            && keep(envelope.Message, taken))
        {
            // Only this test takes from the inbox, so the message that was looked at is still the first.
            await _inbox.Next(async, remove: true, TimeSpan.Zero, cancellationToken);
            last = envelope;
        }

        _last = last;
        _lastWasNoMessage = true;
        return taken;
    }

    private static async IAsyncEnumerable<T> Each<T>(Func<ValueTask<IReadOnlyList<T>>> messages,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var message in await messages())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return message;
        }
    }

    private static string Listed(IReadOnlyCollection<object> messages) =>
        messages.Count == 0 ? "" : $": [{string.Join(", ", messages)}]";

    /// <summary>As <see cref="Failure"/>, by the assertion that a condition is true: frameworks throw another exception for it.</summary>
    private Exception Untrue(string message)
    {
        _assertions.AssertTrue(false, "{0}", message);
        return new InvalidOperationException(message);
    }

    /// <summary>Fails the test by its framework; throws in any case.</summary>
    private Exception Failure(string message)
    {
        _assertions.Fail("{0}", message);
        return new InvalidOperationException(message);
    }
}

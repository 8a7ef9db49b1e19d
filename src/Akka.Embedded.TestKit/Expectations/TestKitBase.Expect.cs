using Akka.Actor;

namespace Akka.TestKit;

// ExpectMsg: the next message, of this type, and as asked for.
public abstract partial class TestKitBase
{
    public T ExpectMsg<T>(TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>(async: false, duration, hint, null, cancellationToken).Result();

    public T ExpectMsg<T>(T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Expect(async: false, timeout, hint, EqualTo(message, hint), cancellationToken).Result();

    public T ExpectMsg<T>(Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect(async: false, timeout, hint, Satisfying(isMessage, hint), cancellationToken).Result();

    public T ExpectMsg<T>(Action<T> assert, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>(async: false, timeout, hint, (m, _) => assert(m), cancellationToken).Result();

    public T ExpectMsg<T>(Func<T, IActorRef, bool> isMessageAndSender, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect(async: false, timeout, hint, Satisfying(isMessageAndSender, hint), cancellationToken).Result();

    public T ExpectMsg<T>(Action<T, IActorRef> assertMessageAndSender, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect(async: false, timeout, hint, assertMessageAndSender, cancellationToken).Result();

    public T ExpectMsg<T>(T expected, Func<T, T, bool> comparer, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect(async: false, timeout, hint, EqualTo(expected, comparer, hint), cancellationToken).Result();

    public ValueTask<T> ExpectMsgAsync<T>(TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>(async: true, duration, hint, null, cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(T message, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect(async: true, timeout, hint, EqualTo(message, hint), cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect(async: true, timeout, hint, Satisfying(isMessage, hint), cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(Action<T> assert, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect<T>(async: true, timeout, hint, (m, _) => assert(m), cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(Func<T, IActorRef, bool> isMessageAndSender, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect(async: true, timeout, hint, Satisfying(isMessageAndSender, hint), cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(Action<T, IActorRef> assertMessageAndSender, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect(async: true, timeout, hint, assertMessageAndSender, cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(T expected, Func<T, T, bool> comparer, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect(async: true, timeout, hint, EqualTo(expected, comparer, hint), cancellationToken);

    /// <summary>The one way to a message that the test insists on: its type is judged first, then <paramref name="check"/>.</summary>
    private async ValueTask<T> Expect<T>(bool async, TimeSpan? timeout, string? hint, Action<T, IActorRef>? check,
        CancellationToken cancellationToken)
    {
        var max = RemainingOrDilated(timeout);
        if (await Take(async, max, cancellationToken) is not { } envelope)
            throw Failure($"Timeout {max} while waiting for a message of type {typeof(T)}{Hint(hint)}");
        if (envelope.Message is not T message)
        {
            throw Failure($"Expected a message of type {typeof(T)}, but received {{{envelope.Message}}} (type {envelope.Message?.GetType()}) "
                + $"instead from {envelope.Sender}{Hint(hint)}");
        }

        check?.Invoke(message, envelope.Sender);
        return message;
    }

    private Action<T, IActorRef> EqualTo<T>(T expected, string? hint) =>
        (message, sender) => _assertions.AssertEqual(expected, message, "{0}", $"Unexpected message from {sender}{Hint(hint)}");

    private Action<T, IActorRef> EqualTo<T>(T expected, Func<T, T, bool> comparer, string? hint) =>
        (message, sender) => _assertions.AssertEqual(expected, message, comparer, "{0}", $"Unexpected message from {sender}{Hint(hint)}");

    private Action<T, IActorRef> Satisfying<T>(Predicate<T> isMessage, string? hint) =>
        (message, sender) => Judge(isMessage(message), message, sender, hint);

    private Action<T, IActorRef> Satisfying<T>(Func<T, IActorRef, bool> isMessageAndSender, string? hint) =>
        (message, sender) => Judge(isMessageAndSender(message, sender), message, sender, hint);

    private void Judge<T>(bool accepted, T message, IActorRef sender, string? hint)
    {
        if (!accepted)
            throw Failure($"Got a message of the expected type {typeof(T)} from {sender}, but not the expected one: {{{message}}}{Hint(hint)}");
    }

    private static string Hint(string? hint) => string.IsNullOrEmpty(hint) ? "" : $", hint: {hint}";
}

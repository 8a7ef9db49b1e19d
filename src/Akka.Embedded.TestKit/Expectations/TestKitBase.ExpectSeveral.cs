namespace Akka.TestKit;

// Several messages in any order, or one of several.
public abstract partial class TestKitBase
{
    public T ExpectMsgAnyOf<T>(IEnumerable<T> messages, CancellationToken cancellationToken = default) =>
        AnyOf(async: false, messages, cancellationToken).Result();

    public ValueTask<T> ExpectMsgAnyOfAsync<T>(IEnumerable<T> messages, CancellationToken cancellationToken = default) =>
        AnyOf(async: true, messages, cancellationToken);

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        AllOf(async: false, RemainingOrDefault, messages, cancellationToken).Result();

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(TimeSpan max, IReadOnlyCollection<T> messages,
        CancellationToken cancellationToken = default) =>
        AllOf(async: false, RemainingOrDilated(max), messages, cancellationToken).Result();

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(params T[] messages) =>
        AllOf(async: false, RemainingOrDefault, messages, default).Result();

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(TimeSpan max, params T[] messages) =>
        AllOf(async: false, RemainingOrDilated(max), messages, default).Result();

    public IAsyncEnumerable<T> ExpectMsgAllOfAsync<T>(IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        Each(() => AllOf(async: true, RemainingOrDefault, messages, cancellationToken), cancellationToken);

    public IAsyncEnumerable<T> ExpectMsgAllOfAsync<T>(TimeSpan max, IReadOnlyCollection<T> messages,
        CancellationToken cancellationToken = default) =>
        Each(() => AllOf(async: true, RemainingOrDilated(max), messages, cancellationToken), cancellationToken);

    public IReadOnlyCollection<object> ExpectMsgAllOfMatchingPredicates(IReadOnlyCollection<PredicateInfo> predicates,
        CancellationToken cancellationToken) =>
        AllMatching(async: false, RemainingOrDefault, predicates, cancellationToken).Result();

    public IReadOnlyCollection<object> ExpectMsgAllOfMatchingPredicates(TimeSpan max, IReadOnlyCollection<PredicateInfo> predicates,
        CancellationToken cancellationToken) =>
        AllMatching(async: false, RemainingOrDilated(max), predicates, cancellationToken).Result();

    public IReadOnlyCollection<object> ExpectMsgAllOfMatchingPredicates(params PredicateInfo[] predicates) =>
        AllMatching(async: false, RemainingOrDefault, predicates, default).Result();

    public IReadOnlyCollection<object> ExpectMsgAllOfMatchingPredicates(TimeSpan max, params PredicateInfo[] predicates) =>
        AllMatching(async: false, RemainingOrDilated(max), predicates, default).Result();

    public IAsyncEnumerable<object> ExpectMsgAllOfMatchingPredicatesAsync(IReadOnlyCollection<PredicateInfo> predicates,
        CancellationToken cancellationToken = default) =>
        Each(() => AllMatching(async: true, RemainingOrDefault, predicates, cancellationToken), cancellationToken);

    public IAsyncEnumerable<object> ExpectMsgAllOfMatchingPredicatesAsync(TimeSpan max, IReadOnlyCollection<PredicateInfo> predicates,
        CancellationToken cancellationToken = default) =>
        Each(() => AllMatching(async: true, RemainingOrDilated(max), predicates, cancellationToken), cancellationToken);

    private async ValueTask<T> AnyOf<T>(bool async, IEnumerable<T> messages, CancellationToken cancellationToken)
    {
        var expected = messages.ToList();
        var message = await Expect<object>(async, null, null, null, cancellationToken);
        if (message is not T typed || !expected.Contains(typed))
            throw Failure($"Expected any of [{string.Join(", ", expected)}], but received {{{message}}} from {LastSender}");
        return typed;
    }

    private async ValueTask<IReadOnlyList<T>> AllOf<T>(bool async, TimeSpan max, IReadOnlyCollection<T> messages,
        CancellationToken cancellationToken)
    {
        var received = await TakeMany(async, messages.Count, max, cancellationToken);
        var missing = messages.Where(expected => !received.Any(m => Equals(m, expected))).ToList();
        var unexpected = received.Where(m => !messages.Any(expected => Equals(m, expected))).ToList();
        if (missing.Count > 0 || unexpected.Count > 0)
            throw Untrue($"Not received: [{string.Join(", ", missing)}], unexpected: [{string.Join(", ", unexpected)}]");
        return [.. received.Cast<T>()];
    }

    private async ValueTask<IReadOnlyList<object>> AllMatching(bool async, TimeSpan max, IReadOnlyCollection<PredicateInfo> predicates,
        CancellationToken cancellationToken)
    {
        var received = await TakeMany(async, predicates.Count, max, cancellationToken);
        var missing = predicates.Where(p => !received.Any(p.Accepts)).ToList();
        var unexpected = received.Where(m => !predicates.Any(p => p.Accepts(m))).ToList();
        if (missing.Count > 0 || unexpected.Count > 0)
            throw Untrue($"Not satisfied: [{string.Join(", ", missing)}], unexpected: [{string.Join(", ", unexpected)}]");
        return received;
    }
}

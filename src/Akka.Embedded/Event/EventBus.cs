using Akka.Actor;

namespace Akka.Event;

/// <summary>
/// Publishes events to subscribers by classifier; a subscription also counts for the classifiers below it, except for those that were
/// unsubscribed from since.
/// </summary>
public abstract class EventBus<TEvent, TClassifier, TSubscriber> where TClassifier : notnull
{
    private readonly Lock _gate = new();

    // Replaced as a whole under the lock, read without it. The cache maps each class of event that was published to its subscribers.
    private volatile IReadOnlyList<Entry> _entries = [];
    private volatile System.Collections.Concurrent.ConcurrentDictionary<TClassifier, TSubscriber[]> _cache = new();

    /// <summary>False when the subscription was there already.</summary>
    public virtual bool Subscribe(TSubscriber subscriber, TClassifier classifier)
    {
        lock (_gate)
        {
            if (_entries.Any(entry => entry.Is(subscriber, classifier)))
                return false;
            Replace([.. _entries, new Entry(subscriber, classifier, [])]);
            return true;
        }
    }

    public virtual bool Unsubscribe(TSubscriber subscriber)
    {
        lock (_gate)
            return Remove(entry => entry.IsOf(subscriber));
    }

    /// <summary>Ends the subscription to this classifier, or excepts it from those to wider ones.</summary>
    public virtual bool Unsubscribe(TSubscriber subscriber, TClassifier classifier)
    {
        lock (_gate)
            return Remove(entry => entry.Is(subscriber, classifier)) || Except(subscriber, classifier);
    }

    public virtual void Publish(TEvent @event)
    {
        var cache = _cache;
        var classifier = GetClassifier(@event);
        if (!cache.TryGetValue(classifier, out var subscribers))
            cache.TryAdd(classifier, subscribers = SubscribersOf(@event, classifier));
        foreach (var subscriber in subscribers)
            Publish(@event, subscriber);
    }

    protected abstract bool IsSubClassification(TClassifier parent, TClassifier child);

    protected abstract void Publish(TEvent @event, TSubscriber subscriber);

    protected abstract bool Classify(TEvent @event, TClassifier classifier);

    protected abstract TClassifier GetClassifier(TEvent @event);

    protected string SimpleName(object source) => Logging.SimpleName(source);

    protected string SimpleName(Type source) => Logging.SimpleName(source);

    internal bool HasSubscriberFor(TClassifier classifier) => _entries.Any(entry => Covers(entry, classifier));

    private bool Covers(Entry entry, TClassifier classifier) => IsSubClassification(entry.Classifier, classifier) && !Excepts(entry, classifier);

    private bool Excepts(Entry entry, TClassifier classifier) => entry.Exceptions.Any(exception => IsSubClassification(exception, classifier));

    private TSubscriber[] SubscribersOf(TEvent @event, TClassifier classifier) =>
    [
        .. _entries
            .Where(entry => Covers(entry, classifier) || (Classify(@event, entry.Classifier) && !Excepts(entry, classifier)))
            .Select(entry => entry.Subscriber)
            .Distinct()
    ];

    private bool Remove(Func<Entry, bool> which)
    {
        var left = _entries.Where(entry => !which(entry)).ToArray();
        if (left.Length == _entries.Count)
            return false;
        Replace(left);
        return true;
    }

    private bool Except(TSubscriber subscriber, TClassifier classifier)
    {
        if (!_entries.Any(entry => entry.IsOf(subscriber) && Covers(entry, classifier)))
            return false;
        Replace([.. _entries.Select(entry => entry.IsOf(subscriber) && Covers(entry, classifier)
            ? entry with { Exceptions = [.. entry.Exceptions, classifier] }
            : entry)]);
        return true;
    }

    private void Replace(IReadOnlyList<Entry> entries)
    {
        _entries = entries;
        _cache = new();
    }

    private sealed record Entry(TSubscriber Subscriber, TClassifier Classifier, IReadOnlyList<TClassifier> Exceptions)
    {
        public bool Is(TSubscriber subscriber, TClassifier classifier) =>
            IsOf(subscriber) && EqualityComparer<TClassifier>.Default.Equals(Classifier, classifier);

        public bool IsOf(TSubscriber subscriber) => EqualityComparer<TSubscriber>.Default.Equals(Subscriber, subscriber);
    }
}

/// <summary>A bus whose subscribers are actors.</summary>
public abstract class ActorEventBus<TEvent, TClassifier> : EventBus<TEvent, TClassifier, IActorRef> where TClassifier : notnull;

using Akka.Actor;

namespace Akka.Event;

/// <summary>Publishes events to subscribers by classifier; a subscription also counts for the classifiers below it.</summary>
public abstract class EventBus<TEvent, TClassifier, TSubscriber> where TClassifier : notnull
{
    private readonly Lock _gate = new();

    // Replaced as a whole under the lock, read without it. The cache maps each class of event that was published to its subscribers.
    private volatile IReadOnlyList<(TSubscriber Subscriber, TClassifier Classifier)> _subscriptions = [];
    private volatile System.Collections.Concurrent.ConcurrentDictionary<TClassifier, TSubscriber[]> _cache = new();

    /// <summary>False when the subscription was there already.</summary>
    public virtual bool Subscribe(TSubscriber subscriber, TClassifier classifier)
    {
        lock (_gate)
        {
            if (_subscriptions.Any(s => Same(s.Subscriber, subscriber) && IsSubClassification(s.Classifier, classifier)))
                return false;
            // The wider subscription takes the place of the narrower ones.
            Replace([.. _subscriptions.Where(s => !Same(s.Subscriber, subscriber) || !IsSubClassification(classifier, s.Classifier)), (subscriber, classifier)]);
            return true;
        }
    }

    public virtual bool Unsubscribe(TSubscriber subscriber) => Remove(s => Same(s.Subscriber, subscriber));

    public virtual bool Unsubscribe(TSubscriber subscriber, TClassifier classifier) =>
        Remove(s => Same(s.Subscriber, subscriber) && IsSubClassification(classifier, s.Classifier));

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

    internal bool HasSubscriberFor(TClassifier classifier) => _subscriptions.Any(s => IsSubClassification(s.Classifier, classifier));

    private static bool Same(TSubscriber left, TSubscriber right) => EqualityComparer<TSubscriber>.Default.Equals(left, right);

    private TSubscriber[] SubscribersOf(TEvent @event, TClassifier classifier) =>
        [.. _subscriptions.Where(s => IsSubClassification(s.Classifier, classifier) || Classify(@event, s.Classifier)).Select(s => s.Subscriber).Distinct()];

    private bool Remove(Func<(TSubscriber Subscriber, TClassifier Classifier), bool> which)
    {
        lock (_gate)
        {
            var left = _subscriptions.Where(s => !which(s)).ToArray();
            if (left.Length == _subscriptions.Count)
                return false;
            Replace(left);
            return true;
        }
    }

    private void Replace(IReadOnlyList<(TSubscriber, TClassifier)> subscriptions)
    {
        _subscriptions = subscriptions;
        _cache = new();
    }
}

/// <summary>A bus whose subscribers are actors.</summary>
public abstract class ActorEventBus<TEvent, TClassifier> : EventBus<TEvent, TClassifier, IActorRef> where TClassifier : notnull;

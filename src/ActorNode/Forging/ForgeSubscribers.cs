using ActorNode.Protocol.Forging;
using Akka.Actor;

namespace ActorNode.Forging;

/// <summary>Who hears of which events. Used on the worker's turns only; outlives a failure of it, so that no event is missed.</summary>
internal sealed class ForgeSubscribers
{
    private readonly Dictionary<IActorRef, ForgeFilter> _filters = [];

    public void Add(IActorContext worker, IActorRef subscriber, ForgeFilter filter)
    {
        worker.Watch(subscriber);
        _filters[subscriber] = filter;
        subscriber.Tell(new ForgeReplies.Subscribed(filter));
    }

    public void Remove(IActorContext worker, IActorRef subscriber)
    {
        if (_filters.Remove(subscriber))
            worker.Unwatch(subscriber);
    }

    /// <summary>For a new incarnation of the worker.</summary>
    public void Watch(IActorContext worker)
    {
        foreach (var subscriber in _filters.Keys)
            worker.Watch(subscriber);
    }

    public void Tell(IForgeEvent forgeEvent)
    {
        var heard = false;
        foreach (var (subscriber, filter) in _filters)
        {
            if (!filter.Covers(forgeEvent))
                continue;
            subscriber.Tell(forgeEvent);
            heard = true;
        }

        if (!heard)
            ForgingMetrics.Unheard();
    }
}

using ActorNode.Protocol.Forging;
using Akka.Actor;

namespace ActorNode.Forging;

/// <summary>Who hears of which events. Part of the worker's actor, used on its turns only.</summary>
internal sealed class ForgeSubscribers(IActorContext context)
{
    private readonly Dictionary<IActorRef, ForgeFilter> _filters = [];

    public void Add(IActorRef subscriber, ForgeFilter filter)
    {
        context.Watch(subscriber);
        _filters[subscriber] = filter;
        subscriber.Tell(new ForgeReplies.Subscribed(filter));
    }

    public void Remove(IActorRef subscriber)
    {
        if (_filters.Remove(subscriber))
            context.Unwatch(subscriber);
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

    /// <summary>The worker failed, not they: they subscribe to its next incarnation, which says so.</summary>
    public void MoveToNextIncarnation()
    {
        foreach (var (subscriber, filter) in _filters)
            context.Self.Tell(new ForgeCommands.Subscribe(filter), subscriber);
    }
}

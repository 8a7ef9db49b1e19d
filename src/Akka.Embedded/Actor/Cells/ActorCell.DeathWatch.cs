namespace Akka.Actor;

internal sealed partial class ActorCell
{
    private DeathWatch? _watch;

    private DeathWatch Watches => _watch ??= new DeathWatch(Self);

    public IActorRef Watch(IActorRef subject)
    {
        Watches.Watch((IInternalActorRef)subject, null);
        return subject;
    }

    public IActorRef WatchWith(IActorRef subject, object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        Watches.Watch((IInternalActorRef)subject, message);
        return subject;
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        _watch?.Unwatch((IInternalActorRef)subject);
        return subject;
    }

    internal bool IsWatching(IActorRef subject) => _watch is not null && _watch.IsWatching(subject);

    internal void AddWatcher(IInternalActorRef watcher) => Watches.AddWatcher(watcher);

    internal void RemoveWatcher(IInternalActorRef watcher) => _watch?.RemoveWatcher(watcher);

    internal void WatchedActorTerminated(IActorRef actor, bool existenceConfirmed)
    {
        // Queued like any message: so it comes after all that the dead actor had sent here.
        if (_phase == Phase.Alive && _watch is not null && _watch.SubjectDied(actor))
            EnqueueOwn(new Terminated(actor, existenceConfirmed, false), actor);
        if (actor is LocalActorRef child && ReferenceEquals(child.Cell.Parent, Self))
            HandleChildTerminated(child);
    }
}

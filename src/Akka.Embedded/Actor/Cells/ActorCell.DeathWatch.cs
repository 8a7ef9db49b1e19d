namespace Akka.Actor;

internal sealed partial class ActorCell
{
    private DeathWatch Watches => Rare.Watch ??= new DeathWatch(Self);

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
        _seldom?.Watch?.Unwatch((IInternalActorRef)subject);
        return subject;
    }

    internal bool IsWatching(IActorRef subject) => _seldom?.Watch is { } watch && watch.IsWatching(subject);

    internal void AddWatcher(IInternalActorRef watcher)
    {
        Watches.AddWatcher(watcher);
        if (_system.Settings.DebugLifecycle)
            DebugLifecycle($"now watched by {watcher}");
    }

    internal void RemoveWatcher(IInternalActorRef watcher)
    {
        _seldom?.Watch?.RemoveWatcher(watcher);
        if (_system.Settings.DebugLifecycle)
            DebugLifecycle($"no longer watched by {watcher}");
    }

    internal void WatchedActorTerminated(IActorRef actor, bool existenceConfirmed)
    {
        // Queued like any message: so it comes after all that the dead actor had sent here.
        if (_turn.Phase == Phase.Alive && _seldom?.Watch is { } watch && watch.SubjectDied(actor))
            EnqueueOwn(new Terminated(actor, existenceConfirmed, false), actor);
        if (actor is LocalActorRef child && ReferenceEquals(child.Cell.Parent, Self))
            HandleChildTerminated(child);
    }
}

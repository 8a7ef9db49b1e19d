using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>Whom a cell watches and who watches it. On the actor's turn only.</summary>
internal sealed class DeathWatch(LocalActorRef self)
{
    private Dictionary<IActorRef, object?>? _watching;
    private HashSet<IInternalActorRef>? _watchers;

    /// <summary>Deaths that wait in the mailbox, with the message to deliver; Unwatch takes them back.</summary>
    private Dictionary<IActorRef, object?>? _queued;

    public void Watch(IInternalActorRef subject, object? message)
    {
        if (subject.Equals(self) || !(_watching ??= []).TryAdd(subject, message))
            return;
        subject.SendSystemMessage(new Watch(subject, self));
    }

    public void Unwatch(IInternalActorRef subject)
    {
        if (_watching is not null && _watching.Remove(subject))
            subject.SendSystemMessage(new Unwatch(self));
        _queued?.Remove(subject);
    }

    public bool IsWatching(IActorRef subject) => _watching is not null && _watching.ContainsKey(subject);

    public void AddWatcher(IInternalActorRef watcher)
    {
        if (!watcher.Equals(self))
            (_watchers ??= []).Add(watcher);
    }

    public void RemoveWatcher(IInternalActorRef watcher) => _watchers?.Remove(watcher);

    /// <summary>True when a Terminated has to be queued: the subject was watched until now.</summary>
    public bool SubjectDied(IActorRef subject)
    {
        if (_watching is null || !_watching.Remove(subject, out var message))
            return false;
        (_queued ??= [])[subject] = message;
        return true;
    }

    public bool TakeQueuedTerminated(IActorRef subject, out object? message)
    {
        message = null;
        return _queued is not null && _queued.Remove(subject, out message);
    }

    /// <summary>A stashed Terminated comes back to the mailbox and shall be delivered once more.</summary>
    public void RequeueTerminated(IActorRef subject) => (_queued ??= [])[subject] = null;

    public void Died()
    {
        foreach (var watcher in _watchers ?? [])
            watcher.SendSystemMessage(new DeathWatchNotification(self, true));
        foreach (var subject in _watching?.Keys ?? Enumerable.Empty<IActorRef>())
            ((IInternalActorRef)subject).SendSystemMessage(new Unwatch(self));
    }
}

using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>Stands at a path where nobody lives: turns what it is told into dead letters.</summary>
public class EmptyLocalActorRef(IActorRefProvider provider, ActorPath path, EventStream eventStream) : MinimalActorRef
{
    public override ActorPath Path => path;

    public override IActorRefProvider Provider => provider;

    public override bool IsTerminated => true;

    private protected EventStream EventStream => eventStream;

    public override void SendSystemMessage(ISystemMessage message)
    {
        if (message is Watch watch)
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(watch.Watchee, false));
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is DeadLetter letter)
        {
            if (!SpecialHandle(letter.Message, letter.Sender))
                eventStream.Publish(letter);
        }
        else if (!SpecialHandle(message, sender))
        {
            PublishDead(message, sender);
        }
    }

    private protected void PublishDead(object message, IActorRef? sender)
    {
        var from = sender ?? provider.DeadLetters;
        eventStream.Publish(message is IDeadLetterSuppression suppressed
            ? new SuppressedDeadLetter(suppressed, from, this)
            : new DeadLetter(message, from, this));
    }

    /// <summary>True for messages that have an answer even here.</summary>
    protected virtual bool SpecialHandle(object message, IActorRef sender)
    {
        switch (message)
        {
            case Identify identify:
                sender?.Tell(new ActorIdentity(identify.MessageId, null), ActorRefs.NoSender);
                return true;
            case ActorSelectionMessage selection:
                if (selection.Message is Identify about)
                    sender?.Tell(new ActorIdentity(about.MessageId, null), ActorRefs.NoSender);
                else
                    PublishDead(selection.Message, sender);
                return true;
            default:
                return false;
        }
    }
}

/// <summary>Where messages end that reach nobody; also the sender of messages that have none.</summary>
internal sealed class DeadLetterActorRef(IActorRefProvider provider, ActorPath path, EventStream eventStream)
    : EmptyLocalActorRef(provider, path, eventStream)
{
    public override bool IsTerminated => false;

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is not DeadLetter letter)
        {
            base.TellInternal(message, sender);
        }
        else if (!SpecialHandle(letter.Message, letter.Sender))
        {
            EventStream.Publish(letter.Message is IDeadLetterSuppression suppressed
                ? new SuppressedDeadLetter(suppressed, letter.Sender, this)
                : letter);
        }
    }
}

/// <summary>Takes messages and forgets them.</summary>
internal sealed class IgnoreActorRef(IActorRefProvider provider) : MinimalActorRef
{
    private readonly ActorPath _path = new RootActorPath(new Address("akka", "all-systems")) / "ignore";

    public override ActorPath Path => _path;

    public override IActorRefProvider Provider => provider;
}

/// <summary>/temp: the references of pending asks whose path somebody has asked for.</summary>
internal sealed class TempContainer(IActorRefProvider provider, ActorPath path, IInternalActorRef parent) : MinimalActorRef
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, IInternalActorRef> _refs = new(StringComparer.Ordinal);
    private long _number;

    public override ActorPath Path => path;

    public override IActorRefProvider Provider => provider;

    public override IInternalActorRef Parent => parent;

    public ActorPath NextPath() => path / AnonymousName.Of(Interlocked.Increment(ref _number));

    public void Add(string name, IInternalActorRef actor) => _refs[name] = actor;

    public void Remove(string name) => _refs.TryRemove(name, out _);

    public override IActorRef GetChild(IReadOnlyList<string> name) => name switch
    {
        [] or [""] => this,
        [var first, ..] when _refs.TryGetValue(first, out var actor) => name.Count == 1 ? actor : actor.GetChild([.. name.Skip(1)]),
        _ => ActorRefs.Nobody
    };
}

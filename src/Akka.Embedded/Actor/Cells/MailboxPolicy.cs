namespace Akka.Actor;

/// <summary>What makes a mailbox differ from the cell's own queue, which has no limit. Most cells have none of these.</summary>
internal abstract class MailboxPolicy
{
    /// <summary>
    /// From any thread, before the message gets its place in the cell's queue. False when there is no room; else what to put there
    /// may be something that stands for the message.
    /// </summary>
    public abstract bool TryAccept(ref object message, ref IActorRef sender);

    /// <summary>The same for what the cell tells itself, which finds room always.</summary>
    public abstract void Accept(ref object message, ref IActorRef sender);

    /// <summary>
    /// On the actor's turn, when a place has been emptied: puts the message that is to be handled in place of what was there. False
    /// when there is none.
    /// </summary>
    public abstract bool TryRelease(ref object message, ref IActorRef sender);

    /// <summary>The actor has stopped and its queue is empty.</summary>
    public virtual void Close()
    {
    }
}

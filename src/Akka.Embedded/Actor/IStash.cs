using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>Messages that an actor has set aside, to handle later in the order of their arrival.</summary>
public interface IStash
{
    int Count { get; }

    bool IsEmpty { get; }

    bool NonEmpty { get; }

    bool IsFull { get; }

    /// <summary>-1 for unbounded.</summary>
    int Capacity { get; }

    /// <summary>Sets the current message aside.</summary>
    /// <exception cref="StashOverflowException">The stash is full.</exception>
    void Stash();

    /// <summary>Puts the oldest message back to the front of the mailbox.</summary>
    void Unstash();

    /// <summary>Puts all messages back to the front of the mailbox.</summary>
    void UnstashAll();

    /// <summary>Puts those back that the predicate accepts and forgets the others.</summary>
    void UnstashAll(Func<Envelope, bool> predicate);

    /// <summary>Empties the stash and returns what was in it.</summary>
    IEnumerable<Envelope> ClearStash();

    /// <summary>Puts envelopes before those that are stashed already.</summary>
    void Prepend(IEnumerable<Envelope> envelopes);
}

/// <summary>An actor with a stash. The system sets it before the actor's constructor has ended.</summary>
public interface IActorStash
{
    IStash Stash { get; set; }
}

public interface IWithUnrestrictedStash : IActorStash;

public interface IWithUnboundedStash : IWithUnrestrictedStash, IRequiresMessageQueue<IUnboundedDequeBasedMessageQueueSemantics>;

public interface IWithStash : IWithUnrestrictedStash, IRequiresMessageQueue<IDequeBasedMessageQueueSemantics>;

public interface IWithBoundedStash : IWithUnrestrictedStash, IRequiresMessageQueue<IBoundedDequeBasedMessageQueueSemantics>;

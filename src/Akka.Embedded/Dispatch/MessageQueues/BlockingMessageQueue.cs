using Akka.Actor;

namespace Akka.Dispatch.MessageQueues;

/// <summary>Makes a queue of any structure safe by a lock.</summary>
public abstract class BlockingMessageQueue : IMessageQueue, IBlockingMessageQueueSemantics
{
    private readonly Lock _gate = new();

    protected BlockingMessageQueue()
    {
    }

    /// <summary>Kept for compatibility: the lock is never held long enough to give up.</summary>
    public TimeSpan BlockTimeOut { get; set; } = TimeSpan.FromSeconds(1);

    public bool HasMessages => Count > 0;

    public int Count
    {
        get
        {
            lock (_gate)
                return LockedCount;
        }
    }

    protected abstract int LockedCount { get; }

    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        lock (_gate)
            LockedEnqueue(envelope);
    }

    public bool TryDequeue(out Envelope envelope)
    {
        lock (_gate)
            return LockedTryDequeue(out envelope);
    }

    public void CleanUp(IActorRef owner, IMessageQueue deadletters) => this.MoveTo(deadletters, owner);

    protected abstract void LockedEnqueue(Envelope envelope);

    protected abstract bool LockedTryDequeue(out Envelope envelope);
}

using Akka.Actor;

namespace Akka.Dispatch.MessageQueues;

/// <summary>Puts a front on a queue: what is put there is outside of the queue's limit. The consumer's side is for one thread.</summary>
public class DequeWrapperMessageQueue : IMessageQueue, IDequeBasedMessageQueueSemantics
{
    protected readonly IMessageQueue MessageQueue;

    private readonly Stack<Envelope> _front = new();

    public DequeWrapperMessageQueue(IMessageQueue messageQueue) => MessageQueue = messageQueue;

    public bool HasMessages => _front.Count > 0 || MessageQueue.HasMessages;

    public int Count => _front.Count + MessageQueue.Count;

    public void Enqueue(IActorRef receiver, Envelope envelope) => MessageQueue.Enqueue(receiver, envelope);

    public void EnqueueFirst(Envelope envelope) => _front.Push(envelope);

    public bool TryDequeue(out Envelope envelope) => _front.TryPop(out envelope) || MessageQueue.TryDequeue(out envelope);

    public void CleanUp(IActorRef owner, IMessageQueue deadletters) => this.MoveTo(deadletters, owner);
}

public class UnboundedDequeMessageQueue : DequeWrapperMessageQueue, IUnboundedDequeBasedMessageQueueSemantics
{
    public UnboundedDequeMessageQueue() : base(new UnboundedMessageQueue())
    {
    }
}

public class BoundedDequeMessageQueue : DequeWrapperMessageQueue, IBoundedDequeBasedMessageQueueSemantics
{
    public BoundedDequeMessageQueue(int boundedCapacity, TimeSpan pushTimeOut) : base(new BoundedMessageQueue(boundedCapacity, pushTimeOut))
    {
    }

    public TimeSpan PushTimeOut => ((BoundedMessageQueue)MessageQueue).PushTimeOut;
}

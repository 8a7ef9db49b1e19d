using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Dispatch.MessageQueues;

/// <summary>First in, first out. A producer that finds it full waits up to <see cref="PushTimeOut"/>; then its message is a dead letter.</summary>
public class BoundedMessageQueue : IMessageQueue, IBoundedMessageQueueSemantics
{
    private readonly ConcurrentQueue<Envelope> _queue = new();
    private readonly SemaphoreSlim _room;

    public BoundedMessageQueue(Config config) : this(MailboxLimits.Of(config).Capacity, MailboxLimits.Of(config).PushTimeout)
    {
    }

    public BoundedMessageQueue(int boundedCapacity, TimeSpan pushTimeOut)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(boundedCapacity);
        _room = new SemaphoreSlim(boundedCapacity, boundedCapacity);
        PushTimeOut = pushTimeOut;
    }

    /// <summary>Negative for ever.</summary>
    public TimeSpan PushTimeOut { get; set; }

    public bool HasMessages => !_queue.IsEmpty;

    public int Count => _queue.Count;

    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        if (_room.Wait(PushTimeOut < TimeSpan.Zero ? Timeout.InfiniteTimeSpan : PushTimeOut))
            _queue.Enqueue(envelope);
        else
            ((IInternalActorRef)receiver).Provider.DeadLetters.Tell(new DeadLetter(envelope.Message, envelope.Sender, receiver), envelope.Sender);
    }

    public bool TryDequeue(out Envelope envelope)
    {
        if (!_queue.TryDequeue(out envelope))
            return false;
        _room.Release();
        return true;
    }

    public void CleanUp(IActorRef owner, IMessageQueue deadletters) => this.MoveTo(deadletters, owner);
}

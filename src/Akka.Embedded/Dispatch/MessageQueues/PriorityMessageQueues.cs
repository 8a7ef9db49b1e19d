using Akka.Actor;

namespace Akka.Dispatch.MessageQueues;

/// <summary>Envelopes by priority, equal ones by arrival; before all of them what was put at the front.</summary>
internal sealed class PrioritizedEnvelopes(Func<object, int> priorityGenerator, int initialCapacity)
{
    private readonly PriorityQueue<Envelope, (int Priority, long Arrival)> _queue = new(initialCapacity);
    private readonly Stack<Envelope> _front = new();
    private long _arrivals;

    public int Count
    {
        get
        {
            lock (_front)
                return _front.Count + _queue.Count;
        }
    }

    public void Add(Envelope envelope) => _queue.Enqueue(envelope, (priorityGenerator(envelope.Message), _arrivals++));

    public void AddFirst(Envelope envelope)
    {
        lock (_front)
            _front.Push(envelope);
    }

    public bool TryTake(out Envelope envelope)
    {
        lock (_front)
        {
            if (_front.TryPop(out envelope))
                return true;
        }

        return _queue.TryDequeue(out envelope, out _);
    }
}

/// <summary>The lowest priority number first.</summary>
public class UnboundedPriorityMessageQueue : BlockingMessageQueue, IUnboundedDequeBasedMessageQueueSemantics
{
    private readonly PrioritizedEnvelopes _envelopes;

    public UnboundedPriorityMessageQueue(Func<object, int> priorityGenerator, int initialCapacity) =>
        _envelopes = new PrioritizedEnvelopes(priorityGenerator, initialCapacity);

    protected override int LockedCount => _envelopes.Count;

    public void EnqueueFirst(Envelope envelope) => _envelopes.AddFirst(envelope);

    protected override void LockedEnqueue(Envelope envelope) => _envelopes.Add(envelope);

    protected override bool LockedTryDequeue(out Envelope envelope) => _envelopes.TryTake(out envelope);
}

/// <summary>The lowest priority number first, equal ones in the order of their arrival.</summary>
public class UnboundedStablePriorityMessageQueue : BlockingMessageQueue, IUnboundedDequeBasedMessageQueueSemantics
{
    private readonly PrioritizedEnvelopes _envelopes;

    public UnboundedStablePriorityMessageQueue(Func<object, int> priorityGenerator, int initialCapacity) =>
        _envelopes = new PrioritizedEnvelopes(priorityGenerator, initialCapacity);

    protected override int LockedCount => _envelopes.Count;

    public void EnqueueFirst(Envelope envelope) => _envelopes.AddFirst(envelope);

    protected override void LockedEnqueue(Envelope envelope) => _envelopes.Add(envelope);

    protected override bool LockedTryDequeue(out Envelope envelope) => _envelopes.TryTake(out envelope);
}

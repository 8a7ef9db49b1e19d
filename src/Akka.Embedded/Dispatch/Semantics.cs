using Akka.Actor;

namespace Akka.Dispatch;

/// <summary>What a mailbox guarantees; an actor asks for it through <see cref="IRequiresMessageQueue{T}"/>.</summary>
public interface ISemantics;

/// <summary>Marks an actor that needs a mailbox with the semantics <typeparamref name="T"/>.</summary>
public interface IRequiresMessageQueue<T> where T : ISemantics;

/// <summary>Takes messages without limit.</summary>
public interface IUnboundedMessageQueueSemantics : ISemantics;

/// <summary>Holds a limited number of messages; a sender waits up to <see cref="PushTimeOut"/>, then the message is a dead letter.</summary>
public interface IBoundedMessageQueueSemantics : ISemantics
{
    TimeSpan PushTimeOut { get; }
}

/// <summary>May have more than one consumer.</summary>
public interface IMultipleConsumerSemantics : ISemantics;

/// <summary>Producers and consumers exclude each other.</summary>
public interface IBlockingMessageQueueSemantics : IMultipleConsumerSemantics
{
    TimeSpan BlockTimeOut { get; set; }
}

/// <summary>Messages can be put at the front: what a stash needs.</summary>
public interface IDequeBasedMessageQueueSemantics : ISemantics
{
    void EnqueueFirst(Envelope envelope);
}

public interface IUnboundedDequeBasedMessageQueueSemantics : IDequeBasedMessageQueueSemantics, IUnboundedMessageQueueSemantics;

public interface IBoundedDequeBasedMessageQueueSemantics : IDequeBasedMessageQueueSemantics, IBoundedMessageQueueSemantics;

using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch.MessageQueues;

namespace Akka.Dispatch;

/// <summary>No limit; of the messages that wait, one of the lowest priority number comes first.</summary>
public abstract class UnboundedPriorityMailbox : MailboxType, IProducesMessageQueue<UnboundedPriorityMessageQueue>
{
    public const int DefaultCapacity = 11;

    protected UnboundedPriorityMailbox(Settings settings, Config config) : base(settings, config)
    {
    }

    /// <summary>For how many messages a queue has room without growing.</summary>
    public int InitialCapacity { get; } = DefaultCapacity;

    public sealed override IMessageQueue Create(IActorRef owner, ActorSystem system) =>
        new UnboundedPriorityMessageQueue(PriorityGenerator, InitialCapacity);

    /// <summary>Called once for each message, on its sender's thread.</summary>
    protected abstract int PriorityGenerator(object message);
}

/// <summary>The same; messages of one priority keep the order of their arrival.</summary>
public abstract class UnboundedStablePriorityMailbox : MailboxType, IProducesMessageQueue<UnboundedStablePriorityMessageQueue>
{
    public const int DefaultCapacity = 11;

    protected UnboundedStablePriorityMailbox(Settings settings, Config config) : base(settings, config)
    {
    }

    public int InitialCapacity { get; } = DefaultCapacity;

    public sealed override IMessageQueue Create(IActorRef owner, ActorSystem system) =>
        new UnboundedStablePriorityMessageQueue(PriorityGenerator, InitialCapacity);

    protected abstract int PriorityGenerator(object message);
}

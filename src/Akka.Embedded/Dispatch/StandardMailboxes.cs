using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch.MessageQueues;

namespace Akka.Dispatch;

// Named by configuration, these four cost nothing beside the cell's own queue, which does what they say; their queues are for who
// creates one himself.

/// <summary>The default: no limit.</summary>
public sealed class UnboundedMailbox : MailboxType, IProducesMessageQueue<UnboundedMessageQueue>
{
    public UnboundedMailbox() : this(null!, null!)
    {
    }

    public UnboundedMailbox(Settings settings, Config config) : base(settings, config)
    {
    }

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new UnboundedMessageQueue();
}

/// <summary>No limit, and messages can be put at the front.</summary>
public sealed class UnboundedDequeBasedMailbox : MailboxType, IProducesMessageQueue<UnboundedDequeMessageQueue>
{
    public UnboundedDequeBasedMailbox(Settings settings, Config config) : base(settings, config)
    {
    }

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new UnboundedDequeMessageQueue();
}

/// <summary><c>mailbox-capacity</c> messages; a sender waits up to <c>mailbox-push-timeout-time</c>, then its message is a dead letter.</summary>
public sealed class BoundedMailbox : MailboxType, IProducesMessageQueue<BoundedMessageQueue>, IProducesPushTimeoutSemanticsMailbox
{
    public BoundedMailbox(Settings settings, Config config) : base(settings, config) => (Capacity, PushTimeout) = MailboxLimits.Of(config);

    public int Capacity { get; }

    public TimeSpan PushTimeout { get; }

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new BoundedMessageQueue(Capacity, PushTimeout);
}

/// <summary>The same, and messages can be put at the front.</summary>
public class BoundedDequeBasedMailbox : MailboxType, IProducesMessageQueue<BoundedDequeMessageQueue>, IProducesPushTimeoutSemanticsMailbox
{
    public BoundedDequeBasedMailbox(Settings settings, Config config) : base(settings, config) => (Capacity, PushTimeout) = MailboxLimits.Of(config);

    public int Capacity { get; }

    public TimeSpan PushTimeout { get; }

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new BoundedDequeMessageQueue(Capacity, PushTimeout);
}

internal static class MailboxLimits
{
    public static (int Capacity, TimeSpan PushTimeout) Of(Config config)
    {
        var capacity = config.GetInt("mailbox-capacity");
        if (capacity <= 0)
            throw new ConfigurationException($"mailbox-capacity must be greater than 0 for a bounded mailbox, but is {capacity}");
        return (capacity, config.GetTimeSpan("mailbox-push-timeout-time", Timeout.InfiniteTimeSpan));
    }
}

using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch.MessageQueues;

namespace Akka.Dispatch;

/// <summary>
/// Makes the queues of a kind of mailbox. The constructor's signature is how <c>mailbox-type</c> is instantiated; the configuration is
/// the section that names the type, over the default mailbox's.
/// </summary>
public abstract class MailboxType
{
    protected readonly Settings Settings;
    protected readonly Config Config;

    protected MailboxType(Settings settings, Config config)
    {
        Settings = settings;
        Config = config;
    }

    /// <summary>A queue for one actor. Its producers are on any thread, its one consumer is the actor's turn.</summary>
    public abstract IMessageQueue Create(IActorRef owner, ActorSystem system);
}

/// <summary>Says what queue a mailbox type makes, for actors that require one.</summary>
public interface IProducesMessageQueue<TQueue> where TQueue : IMessageQueue;

/// <summary>A mailbox type whose queues make a sender wait.</summary>
public interface IProducesPushTimeoutSemanticsMailbox
{
    TimeSpan PushTimeout { get; }
}

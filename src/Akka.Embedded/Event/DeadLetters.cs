using Akka.Actor;

namespace Akka.Event;

/// <summary>Not worth a line in the log when it becomes a dead letter.</summary>
public interface IDeadLetterSuppression;

/// <summary>A message that did not reach an actor that handles it.</summary>
public abstract class AllDeadLetters : IWrappedMessage
{
    protected AllDeadLetters(object message, IActorRef sender, IActorRef recipient)
    {
        Message = message;
        Sender = sender;
        Recipient = recipient;
    }

    public object Message { get; }

    public IActorRef Sender { get; }

    public IActorRef Recipient { get; }

    public override string ToString() => $"{GetType().Name} from {Sender} to {Recipient}: <{Message}>";
}

/// <summary>The recipient had stopped, or never was.</summary>
public sealed class DeadLetter : AllDeadLetters
{
    public DeadLetter(object message, IActorRef sender, IActorRef recipient) : base(message, sender, recipient)
    {
        ArgumentNullException.ThrowIfNull(sender);
        ArgumentNullException.ThrowIfNull(recipient);
    }
}

/// <summary>A dead letter that asked not to be logged.</summary>
public sealed class SuppressedDeadLetter : AllDeadLetters
{
    public SuppressedDeadLetter(IDeadLetterSuppression message, IActorRef sender, IActorRef recipient) : base(message, sender, recipient)
    {
        ArgumentNullException.ThrowIfNull(sender);
        ArgumentNullException.ThrowIfNull(recipient);
    }
}

/// <summary>A component threw the message away, for the reason given.</summary>
public sealed class Dropped : AllDeadLetters
{
    public Dropped(object message, string reason, IActorRef recipient) : this(message, reason, ActorRefs.NoSender, recipient)
    {
    }

    public Dropped(object message, string reason, IActorRef sender, IActorRef recipient) : base(message, sender, recipient) => Reason = reason;

    public string Reason { get; }
}

/// <summary>The actor's behaviour did not handle it.</summary>
public sealed class UnhandledMessage : AllDeadLetters
{
    public UnhandledMessage(object message, IActorRef sender, IActorRef recipient) : base(message, sender, recipient)
    {
    }
}

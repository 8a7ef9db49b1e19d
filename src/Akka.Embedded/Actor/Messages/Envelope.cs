namespace Akka.Actor;

/// <summary>A message and who sent it. The sender is <c>DeadLetters</c> when nobody did.</summary>
public readonly struct Envelope
{
    public Envelope(object message, IActorRef sender, ActorSystem system)
        : this(message, sender ?? system.DeadLetters)
    {
    }

    public Envelope(object message, IActorRef sender)
    {
        Message = message;
        Sender = sender;
    }

    public object Message { get; }

    public IActorRef Sender { get; }

    public override string ToString() => $"<{Message ?? "null"}> from {Sender?.ToString() ?? "NoSender"}";
}

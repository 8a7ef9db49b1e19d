using Akka.Event;

namespace Akka.Actor;

/// <summary>Stops the receiver when its turn comes: messages sent before it are handled, later ones are dead letters.</summary>
public sealed class PoisonPill : IAutoReceivedMessage, IPossiblyHarmful, IDeadLetterSuppression
{
    private PoisonPill()
    {
    }

    public static PoisonPill Instance { get; } = new();

    public override string ToString() => "<PoisonPill>";
}

/// <summary>Makes the receiver throw <see cref="ActorKilledException"/>; its supervisor decides what follows.</summary>
public sealed class Kill : IAutoReceivedMessage
{
    private Kill()
    {
    }

    public static Kill Instance { get; } = new();

    public override string ToString() => "<Kill>";
}

/// <summary>Asks any actor for its reference; the answer is an <see cref="ActorIdentity"/> with the same id.</summary>
public sealed class Identify : IAutoReceivedMessage, INotInfluenceReceiveTimeout
{
    public Identify(object messageId) => MessageId = messageId;

    public object MessageId { get; }

    public override bool Equals(object? obj) => obj is Identify other && Equals(MessageId, other.MessageId);

    public override int GetHashCode() => MessageId?.GetHashCode() ?? 0;

    public override string ToString() => $"<Identify>: {MessageId}";
}

/// <summary>The answer to <see cref="Identify"/>; <see cref="Subject"/> is null when no such actor lives.</summary>
public sealed class ActorIdentity
{
    public ActorIdentity(object messageId, IActorRef? subject)
    {
        MessageId = messageId;
        Subject = subject!;
    }

    public object MessageId { get; }

    public IActorRef Subject { get; }

    public override bool Equals(object? obj) =>
        obj is ActorIdentity other && Equals(MessageId, other.MessageId) && Equals(Subject, other.Subject);

    public override int GetHashCode() => HashCode.Combine(MessageId, Subject);

    public override string ToString() => $"<ActorIdentity>: {Subject}, MessageId: {MessageId}";
}

/// <summary>
/// Tells a watcher that <see cref="ActorRef"/> has stopped. It comes once per watch and after every message that the
/// watched actor had sent to the watcher.
/// </summary>
public sealed class Terminated : IAutoReceivedMessage, INoSerializationVerificationNeeded, IPossiblyHarmful, IDeadLetterSuppression,
    IEquatable<Terminated>
{
    public Terminated(IActorRef actorRef, bool existenceConfirmed, bool addressTerminated)
    {
        ActorRef = actorRef;
        ExistenceConfirmed = existenceConfirmed;
        AddressTerminated = addressTerminated;
    }

    public IActorRef ActorRef { get; }

    public bool ExistenceConfirmed { get; }

    public bool AddressTerminated { get; }

    public bool Equals(Terminated? other) =>
        other is not null && Equals(ActorRef, other.ActorRef) && ExistenceConfirmed == other.ExistenceConfirmed
        && AddressTerminated == other.AddressTerminated;

    public override bool Equals(object? obj) => Equals(obj as Terminated);

    public override int GetHashCode() => HashCode.Combine(ActorRef, ExistenceConfirmed, AddressTerminated);

    public override string ToString() => $"<Terminated>: {ActorRef} - ExistenceConfirmed={ExistenceConfirmed}";
}

/// <summary>Sent to an actor that had no message for the time of its receive timeout.</summary>
public class ReceiveTimeout : IPossiblyHarmful
{
    private ReceiveTimeout()
    {
    }

    public static ReceiveTimeout Instance { get; } = new();
}

#pragma warning disable SYSLIB0051 // Newtonsoft.Json, serializer 1, rebuilds exceptions through this constructor
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Persistence.Serialization;

namespace Akka.Persistence;

/// <summary>The state of deliveries, to be part of the actor's snapshot.</summary>
public sealed class AtLeastOnceDeliverySnapshot : IMessage, IEquatable<AtLeastOnceDeliverySnapshot>
{
    public AtLeastOnceDeliverySnapshot(long currentDeliveryId, UnconfirmedDelivery[] unconfirmedDeliveries)
    {
        ArgumentNullException.ThrowIfNull(unconfirmedDeliveries);
        CurrentDeliveryId = currentDeliveryId;
        UnconfirmedDeliveries = unconfirmedDeliveries;
    }

    public long CurrentDeliveryId { get; }

    public UnconfirmedDelivery[] UnconfirmedDeliveries { get; }

    public bool Equals(AtLeastOnceDeliverySnapshot? other) =>
        ReferenceEquals(this, other)
        || (other is not null && CurrentDeliveryId == other.CurrentDeliveryId && UnconfirmedDeliveries.AsSpan().SequenceEqual(other.UnconfirmedDeliveries));

    public override bool Equals(object? obj) => Equals(obj as AtLeastOnceDeliverySnapshot);

    public override int GetHashCode() => HashCode.Combine(CurrentDeliveryId, UnconfirmedDeliveries.Length);

    public override string ToString() =>
        $"AtLeastOnceDeliverySnapshot<currentDeliveryId: {CurrentDeliveryId}, unconfirmedDeliveries: {UnconfirmedDeliveries.Length}>";
}

/// <summary>Told to the actor itself when messages stay unconfirmed for many attempts.</summary>
public sealed class UnconfirmedWarning : IEquatable<UnconfirmedWarning>
{
    public UnconfirmedWarning(UnconfirmedDelivery[] unconfirmedDeliveries)
    {
        ArgumentNullException.ThrowIfNull(unconfirmedDeliveries);
        UnconfirmedDeliveries = unconfirmedDeliveries;
    }

    public UnconfirmedDelivery[] UnconfirmedDeliveries { get; }

    public bool Equals(UnconfirmedWarning? other) =>
        ReferenceEquals(this, other) || (other is not null && UnconfirmedDeliveries.AsSpan().SequenceEqual(other.UnconfirmedDeliveries));

    public override bool Equals(object? obj) => Equals(obj as UnconfirmedWarning);

    public override int GetHashCode() => UnconfirmedDeliveries.Length;

    public override string ToString() => $"UnconfirmedWarning<unconfirmedDeliveries: {UnconfirmedDeliveries.Length}>";
}

/// <summary>A message whose delivery has not been confirmed.</summary>
public sealed class UnconfirmedDelivery : IEquatable<UnconfirmedDelivery>
{
    public UnconfirmedDelivery(long deliveryId, ActorPath destination, object message)
    {
        DeliveryId = deliveryId;
        Destination = destination;
        Message = message;
    }

    public long DeliveryId { get; }

    public ActorPath Destination { get; }

    public object Message { get; }

    public bool Equals(UnconfirmedDelivery? other) =>
        ReferenceEquals(this, other)
        || (other is not null && DeliveryId == other.DeliveryId && Equals(Destination, other.Destination) && Equals(Message, other.Message));

    public override bool Equals(object? obj) => Equals(obj as UnconfirmedDelivery);

    public override int GetHashCode() => HashCode.Combine(DeliveryId, Destination, Message);

    public override string ToString() => $"UnconfirmedDelivery<deliveryId: {DeliveryId}, dest: {Destination}, message: {Message}>";
}

/// <summary>More messages wait for their confirmation than <c>max-unconfirmed-messages</c> allows.</summary>
public class MaxUnconfirmedMessagesExceededException : Exception
{
    public MaxUnconfirmedMessagesExceededException()
    {
    }

    public MaxUnconfirmedMessagesExceededException(string message) : base(message)
    {
    }

    public MaxUnconfirmedMessagesExceededException(string message, Exception innerException) : base(message, innerException)
    {
    }

    protected MaxUnconfirmedMessagesExceededException(SerializationInfo info, StreamingContext context) : base(info, context)
    {
    }
}

namespace Akka.Actor;

/// <summary>Handled by the actor's cell, not by its behaviour.</summary>
public interface IAutoReceivedMessage;

/// <summary>A message that could do harm when a remote peer sent it unasked.</summary>
public interface IPossiblyHarmful;

/// <summary>Skipped by <c>akka.actor.serialize-messages</c>.</summary>
public interface INoSerializationVerificationNeeded;

/// <summary>Marks an actor whose messages are logged while <c>akka.actor.debug.receive</c> is on.</summary>
public interface ILogReceive;

/// <summary>Does not reset the receive timeout.</summary>
public interface INotInfluenceReceiveTimeout;

/// <summary>An envelope around the message that matters.</summary>
public interface IWrappedMessage
{
    object Message { get; }
}

/// <summary>Reaches the content of nested envelopes.</summary>
public static class WrappedMessage
{
    public static object Unwrap(object message)
    {
        while (message is IWrappedMessage wrapped)
            message = wrapped.Message;
        return message;
    }
}

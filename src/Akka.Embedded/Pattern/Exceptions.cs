#pragma warning disable SYSLIB0051, CS0672 // Newtonsoft.Json, serializer 1, writes and rebuilds exceptions through these members
using System.Runtime.Serialization;
using Akka.Actor;

namespace Akka.Pattern;

/// <summary>The circuit breaker is open: the call was not made.</summary>
public class OpenCircuitException : AkkaException
{
    private const string DefaultMessage = "Circuit Breaker is open; calls are failing fast";

    public OpenCircuitException() : base(DefaultMessage)
    {
    }

    public OpenCircuitException(string message) : base(message)
    {
    }

    public OpenCircuitException(string message, TimeSpan remainingDuration) : base(message) => RemainingDuration = remainingDuration;

    public OpenCircuitException(string message, Exception cause) : base(message, cause)
    {
    }

    public OpenCircuitException(string message, Exception? cause, TimeSpan remainingDuration) : base(message, cause) =>
        RemainingDuration = remainingDuration;

    public OpenCircuitException(Exception? cause) : base(DefaultMessage, cause)
    {
    }

    public OpenCircuitException(Exception? cause, TimeSpan remainingDuration) : base(DefaultMessage, cause) => RemainingDuration = remainingDuration;

    protected OpenCircuitException(SerializationInfo info, StreamingContext context) : base(info, context) =>
        RemainingDuration = new TimeSpan(info.GetInt64(nameof(RemainingDuration)));

    /// <summary>Until the next attempt is allowed.</summary>
    public TimeSpan RemainingDuration { get; }

    public override void GetObjectData(SerializationInfo info, StreamingContext context)
    {
        ArgumentNullException.ThrowIfNull(info);
        info.AddValue(nameof(RemainingDuration), RemainingDuration.Ticks);
        base.GetObjectData(info, context);
    }
}

/// <summary>What a circuit breaker remembers when its user called Fail.</summary>
public class UserCalledFailException : AkkaException
{
    public UserCalledFailException() : base("User code caused [Circuit Breaker] to fail because it calls the [Fail()] method.")
    {
    }

    protected UserCalledFailException(SerializationInfo info, StreamingContext context) : base(info, context)
    {
    }
}

/// <summary>A call that the present state does not allow.</summary>
public class IllegalStateException : AkkaException
{
    public IllegalStateException(string message) : base(message)
    {
    }

    public IllegalStateException(string message, Exception innerEx) : base(message, innerEx)
    {
    }

    protected IllegalStateException(SerializationInfo info, StreamingContext context) : base(info, context)
    {
    }
}

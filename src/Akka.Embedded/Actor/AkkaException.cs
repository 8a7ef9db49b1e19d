using System.Runtime.Serialization;

namespace Akka.Actor;

/// <summary>The base of every exception that the engine itself throws.</summary>
public abstract class AkkaException : Exception
{
    protected AkkaException()
    {
    }

    protected AkkaException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    // Kept because it is part of the API; binary formatting itself is gone from the runtime.
    protected AkkaException(SerializationInfo info, StreamingContext context)
        : base(info.GetString("Message"))
    {
    }

    protected Exception? Cause => InnerException;
}

#pragma warning disable SYSLIB0051 // Newtonsoft.Json, serializer 1, rebuilds exceptions through this constructor
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

    protected AkkaException(SerializationInfo info, StreamingContext context)
        : base(info, context)
    {
    }

    protected Exception? Cause => InnerException;
}

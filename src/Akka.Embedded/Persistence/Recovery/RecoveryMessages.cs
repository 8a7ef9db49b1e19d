#pragma warning disable SYSLIB0051 // Newtonsoft.Json, serializer 1, rebuilds exceptions through this constructor
using System.Runtime.Serialization;
using Akka.Actor;

namespace Akka.Persistence;

/// <summary>The last message of every recovery; events may be persisted from here on.</summary>
public sealed class RecoveryCompleted
{
    public static readonly RecoveryCompleted Instance = new();

    private RecoveryCompleted()
    {
    }

    public override bool Equals(object? obj) => obj is RecoveryCompleted;

    public override int GetHashCode() => nameof(RecoveryCompleted).GetHashCode(StringComparison.Ordinal);
}

/// <summary>Neither a snapshot nor an event came within <c>recovery-event-timeout</c>.</summary>
public sealed class RecoveryTimedOutException : AkkaException
{
    public RecoveryTimedOutException()
    {
    }

    public RecoveryTimedOutException(string message, Exception? cause = null) : base(message, cause)
    {
    }

    public RecoveryTimedOutException(SerializationInfo info, StreamingContext context) : base(info, context)
    {
    }
}

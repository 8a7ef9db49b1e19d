#pragma warning disable SYSLIB0051, CS0672 // Newtonsoft.Json, serializer 1, writes and rebuilds exceptions through these members
using System.Runtime.Serialization;

namespace Akka.Actor;

/// <summary>A name that is not allowed, or that a sibling has already.</summary>
public class InvalidActorNameException : AkkaException
{
    public InvalidActorNameException(string message) : base(message)
    {
    }

    public InvalidActorNameException(string message, Exception innerException) : base(message, innerException)
    {
    }

    protected InvalidActorNameException(SerializationInfo info, StreamingContext context) : base(info, context)
    {
    }
}

/// <summary>An actor could not be constructed or started. The default decision is to stop it.</summary>
public class ActorInitializationException : AkkaException
{
    public ActorInitializationException()
    {
    }

    public ActorInitializationException(string message) : base(message)
    {
    }

    public ActorInitializationException(string message, Exception? cause) : base(message, cause)
    {
    }

    public ActorInitializationException(IActorRef? actor, string message, Exception? cause = null) : base(message, cause) =>
        Actor = actor!;

    protected ActorInitializationException(SerializationInfo info, StreamingContext context) : base(info, context) =>
        Actor = (IActorRef)info.GetValue(nameof(Actor), typeof(IActorRef))!;

    public IActorRef Actor { get; set; } = null!;

    public override void GetObjectData(SerializationInfo info, StreamingContext context)
    {
        ArgumentNullException.ThrowIfNull(info);
        info.AddValue(nameof(Actor), Actor);
        base.GetObjectData(info, context);
    }

    public override string ToString() => Actor is null ? base.ToString() : $"{Actor}: {base.ToString()}";
}

/// <summary>An actor threw while it prepared for its restart. It is logged; the restart goes on.</summary>
public class PreRestartException : ActorInitializationException
{
    public PreRestartException(IActorRef actor, Exception restartException, Exception cause, object optionalMessage)
        : base(actor, $"PreRestart failed after {cause?.GetType().Name ?? "null"}: {restartException.Message}", restartException)
    {
        RestartException = restartException;
        OptionalMessage = optionalMessage;
    }

    protected PreRestartException(SerializationInfo info, StreamingContext context) : base(info, context)
    {
        RestartException = (Exception)info.GetValue(nameof(RestartException), typeof(Exception))!;
        OptionalMessage = info.GetValue(nameof(OptionalMessage), typeof(object))!;
    }

    public Exception RestartException { get; }

    public object OptionalMessage { get; }

    public override void GetObjectData(SerializationInfo info, StreamingContext context)
    {
        ArgumentNullException.ThrowIfNull(info);
        info.AddValue(nameof(RestartException), RestartException);
        info.AddValue(nameof(OptionalMessage), OptionalMessage);
        base.GetObjectData(info, context);
    }
}

/// <summary>The new incarnation of an actor failed in its constructor or in <c>PostRestart</c>.</summary>
public class PostRestartException : ActorInitializationException
{
    public PostRestartException(IActorRef actor, Exception cause, Exception originalCause)
        : base(actor, $"Exception post restart ({originalCause?.GetType().Name ?? "null"})", cause) =>
        OriginalCause = originalCause!;

    protected PostRestartException(SerializationInfo info, StreamingContext context) : base(info, context) =>
        OriginalCause = (Exception)info.GetValue(nameof(OriginalCause), typeof(Exception))!;

    public Exception OriginalCause { get; }

    public override void GetObjectData(SerializationInfo info, StreamingContext context)
    {
        ArgumentNullException.ThrowIfNull(info);
        info.AddValue(nameof(OriginalCause), OriginalCause);
        base.GetObjectData(info, context);
    }
}

/// <summary>What <see cref="Kill"/> makes its receiver throw.</summary>
public class ActorKilledException : AkkaException
{
    public ActorKilledException()
    {
    }

    public ActorKilledException(string message) : base(message)
    {
    }

    protected ActorKilledException(SerializationInfo info, StreamingContext context) : base(info, context)
    {
    }
}

/// <summary>A watched actor stopped and the watcher did not handle its <see cref="Terminated"/>.</summary>
public class DeathPactException : AkkaException
{
    public DeathPactException(IActorRef deadActor) : base($"Monitored actor {deadActor} terminated") => DeadActor = deadActor;

    protected DeathPactException(SerializationInfo info, StreamingContext context) : base(info, context) =>
        DeadActor = (IActorRef)info.GetValue(nameof(DeadActor), typeof(IActorRef))!;

    public IActorRef DeadActor { get; }

    public override void GetObjectData(SerializationInfo info, StreamingContext context)
    {
        ArgumentNullException.ThrowIfNull(info);
        info.AddValue(nameof(DeadActor), DeadActor);
        base.GetObjectData(info, context);
    }
}

/// <summary>An operation that the actor's present state does not allow.</summary>
public class IllegalActorStateException : AkkaException
{
    public IllegalActorStateException(string message) : base(message)
    {
    }

    protected IllegalActorStateException(SerializationInfo info, StreamingContext context) : base(info, context)
    {
    }
}

/// <summary>No actor lives at the given path.</summary>
public class ActorNotFoundException : AkkaException
{
    public ActorNotFoundException()
    {
    }

    public ActorNotFoundException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }

    protected ActorNotFoundException(SerializationInfo info, StreamingContext context) : base(info, context)
    {
    }
}

/// <summary>A message that cannot be sent, such as null.</summary>
public class InvalidMessageException : AkkaException
{
    public InvalidMessageException() : this("Message is null")
    {
    }

    public InvalidMessageException(string message) : base(message)
    {
    }

    protected InvalidMessageException(SerializationInfo info, StreamingContext context) : base(info, context)
    {
    }
}

/// <summary>No answer came in time.</summary>
public class AskTimeoutException : AkkaException
{
    public AskTimeoutException(string message) : base(message)
    {
    }

    protected AskTimeoutException(SerializationInfo info, StreamingContext context) : base(info, context)
    {
    }
}

/// <summary>The stash is full.</summary>
public class StashOverflowException : AkkaException
{
    public StashOverflowException(string message, Exception? cause = null) : base(message, cause)
    {
    }

    protected StashOverflowException(SerializationInfo info, StreamingContext context) : base(info, context)
    {
    }
}

/// <summary>The scheduler cannot take or run a task, for instance after its shutdown.</summary>
public sealed class SchedulerException : AkkaException
{
    public SchedulerException(string message) : base(message)
    {
    }

    public SchedulerException(SerializationInfo info, StreamingContext context) : base(info, context)
    {
    }
}

/// <summary>A configured logger did not start.</summary>
public class LoggerInitializationException : AkkaException
{
    public LoggerInitializationException()
    {
    }

    public LoggerInitializationException(string message) : base(message)
    {
    }

    public LoggerInitializationException(string message, Exception? cause = null) : base(message, cause)
    {
    }

    protected LoggerInitializationException(SerializationInfo info, StreamingContext context) : base(info, context)
    {
    }
}

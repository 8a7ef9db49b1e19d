namespace Akka.Actor;

public static class ActorRefImplicitSenderExtensions
{
    /// <summary>Tells with the running actor as sender, or with none outside of actors.</summary>
    public static void Tell(this IActorRef receiver, object message) => receiver.Tell(message, ActorCell.CurrentSelf!);

    /// <summary>Passes the message on with the original sender.</summary>
    public static void Forward(this IActorRef receiver, object message) => receiver.Tell(message, ActorCell.CurrentSender!);
}

public static class ActorRefExtensions
{
    public static bool IsNobody(this IActorRef? actorRef) => actorRef is null or Nobody || ActorRefs.Nobody.Equals(actorRef);

    public static IActorRef GetOrElse(this IActorRef actorRef, Func<IActorRef> elseValue) => actorRef.IsNobody() ? elseValue() : actorRef;
}

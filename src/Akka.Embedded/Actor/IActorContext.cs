using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>Starts, finds and stops actors.</summary>
public interface IActorRefFactory
{
    /// <summary>
    /// Starts an actor and returns at once: its constructor and <c>PreStart</c> run on the actor's own turn.
    /// </summary>
    /// <exception cref="InvalidActorNameException">The name is not valid or a sibling has it.</exception>
    IActorRef ActorOf(Props props, string? name = null);

    ActorSelection ActorSelection(ActorPath actorPath);

    ActorSelection ActorSelection(string actorPath);
}

/// <summary>Death watch: one message for each watch when the subject has stopped, none after <see cref="Unwatch"/>.</summary>
public interface ICanWatch
{
    IActorRef Watch(IActorRef subject);

    IActorRef WatchWith(IActorRef subject, object message);

    IActorRef Unwatch(IActorRef subject);
}

/// <summary>What an actor sees of the system. Valid only while the actor handles a message.</summary>
public interface IActorContext : IActorRefFactory, ICanWatch
{
    IActorRef Self { get; }

    Props Props { get; }

    IActorRef Sender { get; }

    ActorSystem System { get; }

    IActorRef Parent { get; }

    MessageDispatcher Dispatcher { get; }

    TimeSpan? ReceiveTimeout { get; }

    void Become(Receive receive);

    void BecomeStacked(Receive receive);

    void UnbecomeStacked();

    /// <summary>The child of this name, or Nobody.</summary>
    IActorRef Child(string name);

    IEnumerable<IActorRef> GetChildren();

    void SetReceiveTimeout(TimeSpan? timeout);

    void Stop(IActorRef child);
}

public interface IUntypedActorContext : IActorContext
{
    void Become(UntypedReceive receive);

    void BecomeStacked(UntypedReceive receive);
}

/// <summary>A behaviour: true when it handled the message.</summary>
public delegate bool Receive(object message);

/// <summary>A behaviour that handles everything.</summary>
public delegate void UntypedReceive(object message);

using Akka.Dispatch.SysMsg;
using Akka.Util;

namespace Akka.Actor;

/// <summary>Anything that takes messages.</summary>
public interface ICanTell
{
    void Tell(object message, IActorRef sender);
}

/// <summary>
/// The handle of an actor. Equality includes the incarnation: a later actor of the same path is another one.
/// </summary>
public interface IActorRef : ICanTell, IEquatable<IActorRef>, IComparable<IActorRef>, ISurrogated, IComparable
{
    ActorPath Path { get; }
}

/// <summary>Whether the actor lives in this process.</summary>
public interface IActorRefScope
{
    bool IsLocal { get; }
}

/// <summary>What the system itself may do with a reference.</summary>
public interface IInternalActorRef : IActorRef, IActorRefScope
{
    IInternalActorRef Parent { get; }

    IActorRefProvider Provider { get; }

    bool IsTerminated { get; }

    /// <summary>The descendant with these names, or Nobody.</summary>
    IActorRef GetChild(IReadOnlyList<string> name);

    void Resume(Exception? causedByFailure = null);

    void Start();

    void Stop();

    void Restart(Exception cause);

    void Suspend();

    void SendSystemMessage(ISystemMessage message, IActorRef sender);

    void SendSystemMessage(ISystemMessage message);
}

/// <summary>Where local references come from.</summary>
public interface IActorRefProvider
{
    IInternalActorRef RootGuardian { get; }

    IActorRef DeadLetters { get; }

    IActorRef IgnoreRef { get; }

    ActorPath RootPath { get; }

    Settings Settings { get; }

    IInternalActorRef TempContainer { get; }

    Task TerminationTask { get; }

    Address DefaultAddress { get; }

    /// <summary>A fresh path below /temp.</summary>
    ActorPath TempPath();

    /// <summary>The root guardian when <paramref name="address"/> is this system's, else DeadLetters.</summary>
    IActorRef RootGuardianAt(Address address);

    /// <summary>The living actor at the path, or a stand-in that turns messages into dead letters.</summary>
    IActorRef ResolveActorRef(string path);

    IActorRef ResolveActorRef(ActorPath actorPath);

    /// <summary>The address by which <paramref name="address"/> reaches this system, or null.</summary>
    Address? GetExternalAddressFor(Address address);
}

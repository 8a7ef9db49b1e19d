using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Util;

namespace Akka.TestKit;

/// <summary>
/// A reference to an actor that runs on the thread which sends to it, and whose instance the test may look at. That is safe as long as
/// no other thread sends to it meanwhile.
/// </summary>
public abstract class TestActorRefBase<TActor> : IInternalActorRef where TActor : ActorBase
{
    private readonly LocalActorRef _actor;

    protected TestActorRefBase(ActorSystem system, Props actorProps, IActorRef? supervisor = null, string? name = null)
    {
        CallingThreadDispatchers.Register(system);
        var props = actorProps.Deploy.Dispatcher.Length > 0 ? actorProps : actorProps.WithDispatcher(CallingThreadDispatcher.Id);
        var parent = Local(supervisor) ?? (LocalActorRef)((ExtendedActorSystem)system).Guardian;
        _actor = name is null
            ? parent.Cell.StartChild(props, $"${AnonymousName.Of(Interlocked.Increment(ref TestActorRefs.Unnamed))}", systemService: false)
            : (LocalActorRef)parent.Cell.ActorOf(props, name);
    }

    /// <summary>The reference without the test's view.</summary>
    public IActorRef Ref => _actor;

    public ActorPath Path => _actor.Path;

    /// <summary>The present instance: another one after a restart.</summary>
    public TActor UnderlyingActor => (TActor)(_actor.Cell.Actor
        ?? throw new IllegalActorStateException($"The actor {_actor} has no instance: it could not start, or has stopped"));

    bool IActorRefScope.IsLocal => true;

    IInternalActorRef IInternalActorRef.Parent => _actor.Parent;

    IActorRefProvider IInternalActorRef.Provider => _actor.Provider;

    bool IInternalActorRef.IsTerminated => _actor.IsTerminated;

    /// <summary>Gives the message to the present behaviour directly: what that throws comes to the test, not to the supervisor.</summary>
    public void Receive(object message, IActorRef? sender = null) =>
        _actor.Cell.InvokeDirectly(message, sender ?? _actor.Cell.System.DeadLetters);

    /// <summary>As <see cref="Receive"/>; an asynchronous handler goes on by itself, awaited by its actor as ever.</summary>
    public Task ReceiveAsync(object message, IActorRef? sender = null)
    {
        Receive(message, sender);
        return Task.CompletedTask;
    }

    public void Tell(object message) => _actor.Tell(message);

    public void Tell(object message, IActorRef sender) => _actor.Tell(message, sender);

    public void Forward(object message) => _actor.Forward(message);

    /// <summary>Makes this actor watch another one.</summary>
    public void Watch(IActorRef subject) => OnCell(cell => cell.Watch(subject));

    public void Unwatch(IActorRef subject) => OnCell(cell => cell.Unwatch(subject));

    public void SendSystemMessage(ISystemMessage message) => _actor.SendSystemMessage(message);

    public void SendSystemMessage(ISystemMessage message, IActorRef sender) => _actor.SendSystemMessage(message, sender);

    public int CompareTo(object? obj) => _actor.CompareTo(obj);

    public bool Equals(IActorRef? other) => _actor.Equals(other);

    public override bool Equals(object? obj) => obj is IActorRef other && _actor.Equals(other);

    public override int GetHashCode() => _actor.GetHashCode();

    public override string ToString() => $"TestActor({_actor})";

    public static IActorRef ToActorRef(TestActorRefBase<TActor> actorRef) => actorRef._actor;

    public static bool operator ==(TestActorRefBase<TActor>? testActorRef, IActorRef? actorRef) => Same(testActorRef, actorRef);

    public static bool operator !=(TestActorRefBase<TActor>? testActorRef, IActorRef? actorRef) => !Same(testActorRef, actorRef);

    public static bool operator ==(IActorRef? actorRef, TestActorRefBase<TActor>? testActorRef) => Same(testActorRef, actorRef);

    public static bool operator !=(IActorRef? actorRef, TestActorRefBase<TActor>? testActorRef) => !Same(testActorRef, actorRef);

    int IComparable<IActorRef>.CompareTo(IActorRef? other) => _actor.CompareTo(other);

    ISurrogate ISurrogated.ToSurrogate(ActorSystem system) => _actor.ToSurrogate(system);

    IActorRef IInternalActorRef.GetChild(IReadOnlyList<string> name) => _actor.GetChild(name);

    void IInternalActorRef.Resume(Exception? causedByFailure) => _actor.Resume(causedByFailure);

    void IInternalActorRef.Start() => _actor.Start();

    void IInternalActorRef.Stop() => _actor.Stop();

    void IInternalActorRef.Restart(Exception cause) => _actor.Restart(cause);

    void IInternalActorRef.Suspend() => _actor.Suspend();

    private protected static bool Same(object? one, object? other) => one is null ? other is null : one.Equals(other);

    private static LocalActorRef? Local(IActorRef? supervisor) => supervisor switch
    {
        null => null,
        LocalActorRef local => local,
        TestProbe probe => Local(probe.Ref),
        TestActorRefBase<TActor> test => test._actor,
        _ => throw new ArgumentException($"{supervisor} cannot be the supervisor of a local actor", nameof(supervisor))
    };

    private void OnCell(Action<ActorCell> work)
    {
        var outer = ActorCell.Current;
        ActorCell.Current = _actor.Cell;
        try
        {
            work(_actor.Cell);
        }
        finally
        {
            ActorCell.Current = outer;
        }
    }
}

internal static class TestActorRefs
{
    /// <summary>How many references got a name of their own: two dollars, which no other actor's begins with, and a number.</summary>
    public static long Unnamed;
}

using Akka.Persistence;

namespace Specs.Persistence.Support;

/// <summary>What a <see cref="Scripted"/> actor does as the handling of one command.</summary>
public sealed record Act(Action<Scripted> Do) : INoSerializationVerificationNeeded
{
    /// <summary>Persists an event and answers with it when it is stored.</summary>
    public static Act Persist(string @event) => new(actor => actor.Persist(@event, actor.Answer));

    public static Act PersistAsync(string @event) => new(actor => actor.PersistAsync(@event, actor.Answer));
}

/// <summary>An event that was replayed, and the sequence number at which the actor stood then.</summary>
public sealed record Replayed(object Event, long SequenceNr);

/// <summary>Called back by the actor, to the reference that it was made with.</summary>
public sealed record Told(string What, object? Event = null, long SequenceNr = 0);

/// <summary>
/// A persistent actor that does what it is told; all that it recovers, and all other commands, it tells the reference it was made with.
/// </summary>
public class Scripted(string persistenceId, IActorRef log, Recovery? recovery = null) : UntypedPersistentActor
{
    public override string PersistenceId => persistenceId;

    public override Recovery Recovery => recovery ?? base.Recovery;

    public IActorRef Asker => Sender;

    public IActorRef Me => Self;

    protected IActorRef Listener { get; } = log;

    public static Props Props(string persistenceId, IActorRef log, Recovery? recovery = null) =>
        Akka.Actor.Props.Create(() => new Scripted(persistenceId, log, recovery));

    public void Answer(object message) => Sender.Tell(message, Self);

    public void Tell(object message) => Listener.Tell(message, Self);

    public void Run(Func<Task> task) => RunTask(task);

    protected override void OnRecover(object message) =>
        Listener.Tell(message is RecoveryCompleted or SnapshotOffer ? message : new Replayed(message, LastSequenceNr), Self);

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case Act act:
                act.Do(this);
                break;
            case Ping:
                Sender.Tell(Pong.Instance);
                break;
            case Fail failure:
                throw failure.Cause;
            default:
                Listener.Tell(message, Self);
                break;
        }
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        Listener.Tell(new Told($"failed: {cause.Message}", @event, sequenceNr), Self);

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) =>
        Listener.Tell(new Told($"rejected: {cause.Message}", @event, sequenceNr), Self);

    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        Listener.Tell(new Told($"recovery failed: {reason.Message}", message, LastSequenceNr), Self);
}

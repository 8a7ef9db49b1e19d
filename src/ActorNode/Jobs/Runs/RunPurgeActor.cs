using ActorNode.Protocol.Jobs;
using ActorNode.Storage;
using Akka.Actor;
using Akka.Persistence;

namespace ActorNode.Jobs.Runs;

/// <summary>Forgets a finished run: first its events, then its row, so that whatever fails in between is tried again. Answers once and stops.</summary>
internal sealed class RunPurgeActor : UntypedPersistentActor
{
    private readonly JobCommands.DeleteRun _command;
    private readonly IActorRef _asker;
    private readonly JobsContext _context;

    public static Props Props(JobCommands.DeleteRun command, IActorRef asker, JobsContext context) =>
        Akka.Actor.Props.Create(() => new RunPurgeActor(command, asker, context));

    public RunPurgeActor(JobCommands.DeleteRun command, IActorRef asker, JobsContext context)
    {
        _command = command;
        _asker = asker;
        _context = context;
    }

    /// <inheritdoc/>
    public override string PersistenceId => RunActor.IdOf(_command.RunId);

    /// <summary>Nothing is read: the number of the last event is enough.</summary>
    public override Recovery Recovery => Recovery.None;

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
        if (message is RecoveryCompleted && LastSequenceNr > 0)
            DeleteMessages(LastSequenceNr);
        else if (message is RecoveryCompleted)
            DeleteRow();
    }

    /// <inheritdoc/>
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case DeleteMessagesSuccess:
                DeleteRow();
                break;
            case DeleteMessagesFailure failed:
                Answer(new JobReplies.Failed(_command.JobId, failed.Cause.Message));
                break;
            case CommitActor.Committed:
                Answer(new JobReplies.RunDeleted(_command.RunId));
                break;
            case CommitActor.Failed failed:
                Answer(new JobReplies.Failed(_command.JobId, failed.Error.Message));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void DeleteRow() => _context.Commit.Tell(new CommitActor.Commit([new CommitCommand.DeleteRun(_command.RunId)]));

    private void Answer(object answer)
    {
        _asker.Tell(answer);
        Context.Stop(Self);
    }

    /// <inheritdoc/>
    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        base.OnRecoveryFailure(reason, message);
        _asker.Tell(new JobReplies.Failed(_command.JobId, reason.Message));
    }
}

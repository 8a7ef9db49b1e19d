using Akka.Actor;
using Akka.Event;

namespace Akka.Persistence.Journal;

/// <summary>Sends what a journal reads to the actor that asked: in batches if it understands them, else event by event.</summary>
internal sealed class ReplaySink(ReplayMessages request, IActorRef journal)
{
    private const int FirstBatch = 8;
    private const int LargestBatch = 256;

    private IPersistentRepresentation[] _events = [];
    private int _count;

    public void Add(IPersistentRepresentation stored)
    {
        if (request.BatchesFor == 0)
        {
            request.PersistentActor.Tell(new ReplayedMessage(stored), ActorRefs.NoSender);
            return;
        }

        if (_count == _events.Length)
            Array.Resize(ref _events, Math.Clamp(_count * 2, FirstBatch, LargestBatch));
        _events[_count++] = stored;
        if (_count == LargestBatch)
            Send(null);
    }

    public void Succeed(long highestSequenceNr) => End(new RecoverySuccess(highestSequenceNr));

    public void Fail(Exception cause) => End(new ReplayMessagesFailure(cause));

    private void End(IJournalResponse end)
    {
        if (request.BatchesFor == 0)
            request.PersistentActor.Tell(end, journal);
        else
            Send(end);
    }

    private void Send(IJournalResponse? end)
    {
        request.PersistentActor.Tell(new ReplayedBatch(request.BatchesFor, new ArraySegment<IPersistentRepresentation>(_events, 0, _count), end),
            ActorRefs.NoSender);
        (_events, _count) = ([], 0);
    }
}

/// <summary>Several <see cref="ReplayedMessage"/>s in one, the last with the end of the replay.</summary>
internal sealed class ReplayedBatch(int actorInstanceId, ArraySegment<IPersistentRepresentation> events, IJournalResponse? end)
    : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    public int ActorInstanceId => actorInstanceId;

    public ArraySegment<IPersistentRepresentation> Events => events;

    /// <summary><see cref="RecoverySuccess"/>, <see cref="ReplayMessagesFailure"/>, or null when more follows.</summary>
    public IJournalResponse? End => end;

    /// <summary>How many of the events the actor has handled; its own.</summary>
    public int Handled { get; set; }
}

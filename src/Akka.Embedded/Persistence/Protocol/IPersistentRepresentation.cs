using Akka.Actor;
using Akka.Persistence.Serialization;

namespace Akka.Persistence;

/// <summary>An event on its way to a journal or back, with what the journal stores beside it.</summary>
public interface IPersistentRepresentation : IMessage
{
    object Payload { get; }

    /// <summary>What the event adapter chose; empty without one.</summary>
    string Manifest { get; }

    string PersistenceId { get; }

    /// <summary>From 1, without gaps except where writes were rejected.</summary>
    long SequenceNr { get; }

    /// <summary>When it was stored, in ticks of UTC; 0 when unknown.</summary>
    long Timestamp { get; }

    bool IsDeleted { get; }

    /// <summary>Nobody (null) in all that a journal stores.</summary>
    IActorRef? Sender { get; }

    /// <summary>Which incarnation of the actor wrote it: two that overlap are told apart by it.</summary>
    string WriterGuid { get; }

    IPersistentRepresentation WithPayload(object payload);

    IPersistentRepresentation WithManifest(string manifest);

    IPersistentRepresentation WithTimestamp(long timestamp);

    /// <summary>A copy without a timestamp.</summary>
    IPersistentRepresentation Update(long sequenceNr, string persistenceId, bool isDeleted, IActorRef? sender, string writerGuid);
}

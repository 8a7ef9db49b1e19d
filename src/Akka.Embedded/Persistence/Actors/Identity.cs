using Akka.Actor;

namespace Akka.Persistence;

/// <summary>Whose events these are, and where they are kept.</summary>
public interface IPersistentIdentity
{
    string PersistenceId { get; }

    /// <summary>Path of the journal's settings; empty for the default one.</summary>
    string? JournalPluginId { get; }

    /// <summary>Path of the snapshot store's settings; empty for the default one.</summary>
    string? SnapshotPluginId { get; }
}

public interface IPersistenceRecovery
{
    /// <summary>Asked for at each start and restart, when the recovery begins.</summary>
    Recovery Recovery { get; }
}

public interface IPersistenceStash : IWithUnboundedStash
{
    IStashOverflowStrategy InternalStashOverflowStrategy { get; }
}

/// <summary>Saves, loads and deletes snapshots of one actor.</summary>
public interface ISnapshotter
{
    string SnapshotterId { get; }

    long SnapshotSequenceNr { get; }

    void LoadSnapshot(string persistenceId, SnapshotSelectionCriteria criteria, long toSequenceNr);

    void SaveSnapshot(object snapshot);

    void DeleteSnapshot(long sequenceNr);

    void DeleteSnapshots(SnapshotSelectionCriteria criteria);
}

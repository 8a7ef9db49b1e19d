namespace Akka.Persistence.Sql.Snapshot;

/// <summary>Bounds of what is selected; each belongs to the range. Times are UTC ticks.</summary>
internal readonly record struct SnapshotRange(string PersistenceId, long MinSequenceNr, long MaxSequenceNr, long MinCreated, long MaxCreated)
{
    public static SnapshotRange Of(string persistenceId, SnapshotSelectionCriteria criteria) => new(
        persistenceId, criteria.MinSequenceNr, criteria.MaxSequenceNr, (criteria.MinTimestamp ?? DateTime.MinValue).Ticks, criteria.MaxTimeStamp.Ticks);

    /// <summary>One snapshot; of any time when the metadata has none.</summary>
    public static SnapshotRange Of(SnapshotMetadata metadata) => metadata.Timestamp == DateTime.MinValue
        ? new(metadata.PersistenceId, metadata.SequenceNr, metadata.SequenceNr, 0, long.MaxValue)
        : new(metadata.PersistenceId, metadata.SequenceNr, metadata.SequenceNr, metadata.Timestamp.Ticks, metadata.Timestamp.Ticks);
}

/// <summary>The table of a snapshot store. Safe from any thread; what is done is durable when the task ends.</summary>
internal interface ISnapshotTable : IAsyncDisposable
{
    /// <summary>The one of the range with the highest sequence number; null for none.</summary>
    Task<SnapshotRow?> LoadAsync(SnapshotRange range);

    /// <summary>Writes a row, over one with the same sequence number.</summary>
    Task SaveAsync(SnapshotRow row);

    Task DeleteAsync(SnapshotRange range);
}

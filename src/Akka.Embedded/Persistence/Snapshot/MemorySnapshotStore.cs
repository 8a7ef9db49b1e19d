namespace Akka.Persistence.Snapshot;

/// <summary>A snapshot in memory.</summary>
public class SnapshotEntry
{
    public string Id { get; set; } = "";

    public string PersistenceId { get; set; } = "";

    public long SequenceNr { get; set; }

    /// <summary>In ticks of UTC.</summary>
    public long Timestamp { get; set; }

    public object Snapshot { get; set; } = null!;
}

/// <summary>Keeps snapshots for as long as the actor system lives, also when the store itself is restarted; for tests and examples.</summary>
public class MemorySnapshotStore : SnapshotStore
{
    private readonly MemorySnapshots _snapshots;

    public MemorySnapshotStore() => _snapshots = Persistence.Instance.Apply(Context.System).PluginOf(Self).Keep<MemorySnapshots>();

    protected virtual List<SnapshotEntry> Snapshots => _snapshots.Entries;

#nullable disable // as in the base
    protected override Task<SelectedSnapshot> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria)
#nullable restore
    {
        lock (_snapshots)
        {
            var newest = Snapshots.Where(entry => Matches(entry, persistenceId, criteria)).MaxBy(entry => entry.SequenceNr);
            return Task.FromResult(newest is null ? null! : new SelectedSnapshot(MetadataOf(newest), newest.Snapshot));
        }
    }

    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        lock (_snapshots)
        {
            Snapshots.RemoveAll(entry => entry.PersistenceId == metadata.PersistenceId && entry.SequenceNr == metadata.SequenceNr);
            Snapshots.Add(new SnapshotEntry
            {
                Id = $"{metadata.PersistenceId}_{metadata.SequenceNr}",
                PersistenceId = metadata.PersistenceId,
                SequenceNr = metadata.SequenceNr,
                Timestamp = metadata.Timestamp.Ticks,
                Snapshot = snapshot
            });
        }

        return Task.CompletedTask;
    }

    protected override Task DeleteAsync(SnapshotMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        lock (_snapshots)
        {
            Snapshots.RemoveAll(entry => entry.PersistenceId == metadata.PersistenceId && entry.SequenceNr == metadata.SequenceNr
                && (metadata.Timestamp == DateTime.MinValue || entry.Timestamp == metadata.Timestamp.Ticks));
        }

        return Task.CompletedTask;
    }

    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria)
    {
        lock (_snapshots)
            Snapshots.RemoveAll(entry => Matches(entry, persistenceId, criteria));
        return Task.CompletedTask;
    }

    private static bool Matches(SnapshotEntry entry, string persistenceId, SnapshotSelectionCriteria criteria) =>
        entry.PersistenceId == persistenceId && criteria.IsMatch(MetadataOf(entry));

    private static SnapshotMetadata MetadataOf(SnapshotEntry entry) =>
        new(entry.PersistenceId, entry.SequenceNr, new DateTime(entry.Timestamp, DateTimeKind.Utc));

    private sealed class MemorySnapshots
    {
        public List<SnapshotEntry> Entries { get; } = [];
    }
}

using Newtonsoft.Json;

namespace Akka.Persistence;

/// <summary>Which snapshot: of whom, at which event, made when.</summary>
public sealed class SnapshotMetadata : IEquatable<SnapshotMetadata>
{
    public SnapshotMetadata(string persistenceId, long sequenceNr) : this(persistenceId, sequenceNr, DateTime.MinValue)
    {
    }

    [JsonConstructor]
    public SnapshotMetadata(string persistenceId, long sequenceNr, DateTime timestamp)
    {
        PersistenceId = persistenceId;
        SequenceNr = sequenceNr;
        Timestamp = timestamp;
    }

    /// <summary>By persistence id, then sequence number, then timestamp.</summary>
    public static IComparer<SnapshotMetadata> Comparer { get; } = Comparer<SnapshotMetadata>.Create(static (x, y) =>
    {
        var byId = string.CompareOrdinal(x.PersistenceId, y.PersistenceId);
        if (byId != 0)
            return byId;
        var byNumber = x.SequenceNr.CompareTo(y.SequenceNr);
        return byNumber != 0 ? byNumber : x.Timestamp.CompareTo(y.Timestamp);
    });

    public string PersistenceId { get; }

    /// <summary>Of the last event that the snapshot contains.</summary>
    public long SequenceNr { get; }

    /// <summary>In UTC; <see cref="DateTime.MinValue"/> for none given.</summary>
    public DateTime Timestamp { get; }

    public bool Equals(SnapshotMetadata? other) =>
        ReferenceEquals(this, other)
        || (other is not null && PersistenceId == other.PersistenceId && SequenceNr == other.SequenceNr && Timestamp == other.Timestamp);

    public override bool Equals(object? obj) => Equals(obj as SnapshotMetadata);

    public override int GetHashCode() => HashCode.Combine(PersistenceId, SequenceNr, Timestamp);

    public override string ToString() =>
        FormattableString.Invariant($"SnapshotMetadata<pid: {PersistenceId}, seqNr: {SequenceNr}, timestamp: {Timestamp:O}>");
}

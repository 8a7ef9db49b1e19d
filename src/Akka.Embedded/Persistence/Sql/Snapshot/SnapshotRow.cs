using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Util;

namespace Akka.Persistence.Sql.Snapshot;

/// <summary>A snapshot as it is stored.</summary>
/// <param name="Created">UTC ticks.</param>
/// <param name="SerializerId">Null in rows of plugins before there were serializer ids: the manifest names the type, which finds the serializer.</param>
internal readonly record struct SnapshotRow(string PersistenceId, long SequenceNr, long Created, byte[] Snapshot, string Manifest, int? SerializerId);

/// <summary>Snapshots to rows and back. Safe from any thread.</summary>
internal sealed class SnapshotSerializer(ExtendedActorSystem system, string? defaultSerializer)
{
    private readonly Akka.Serialization.Serialization _serialization = system.Serialization;

    public SnapshotRow ToRow(SnapshotMetadata metadata, object snapshot) =>
        Akka.Serialization.Serialization.WithTransport(system, () =>
        {
            var serializer = _serialization.FindSerializerFor(snapshot, defaultSerializer);
            return new SnapshotRow(metadata.PersistenceId, metadata.SequenceNr, metadata.Timestamp.Ticks, serializer.ToBinary(snapshot),
                Akka.Serialization.Serialization.ManifestFor(serializer, snapshot) ?? "", serializer.Identifier);
        });

    /// <summary>The error of a row that cannot be read says which one it is.</summary>
    public SelectedSnapshot FromRow(in SnapshotRow row)
    {
        object snapshot;
        try
        {
            snapshot = row.SerializerId is { } id ? _serialization.Deserialize(row.Snapshot, id, row.Manifest) : OfType(row.Snapshot, row.Manifest);
        }
        catch (Exception e)
        {
            throw new SerializationException(
                $"The snapshot at sequence number {row.SequenceNr} of [{row.PersistenceId}], manifest [{row.Manifest}], serializer {row.SerializerId?.ToString() ?? "of the type"}, cannot be read: {e.Message}", e);
        }

        return new SelectedSnapshot(new SnapshotMetadata(row.PersistenceId, row.SequenceNr, new DateTime(row.Created, DateTimeKind.Utc)), snapshot);
    }

    private object OfType(byte[] bytes, string manifest)
    {
        var type = TypeNames.Find(manifest) ?? throw new TypeLoadException($"There is no type [{manifest}]");
        return Akka.Serialization.Serialization.WithTransport(system, () => _serialization.FindSerializerForType(type, defaultSerializer).FromBinary(bytes, type));
    }
}

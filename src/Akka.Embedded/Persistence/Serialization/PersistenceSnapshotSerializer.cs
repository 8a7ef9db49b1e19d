using Akka.Actor;

namespace Akka.Persistence.Serialization;

/// <summary>Serializer 8: snapshots in files.</summary>
public class PersistenceSnapshotSerializer : Akka.Serialization.Serializer
{
    public PersistenceSnapshotSerializer(ExtendedActorSystem system) : base(system)
    {
    }

    public override bool IncludeManifest => true;

    public override byte[] ToBinary(object obj) => obj is Snapshot snapshot
        ? PersistentPayload.Write(system, snapshot.Data)
        : throw new ArgumentException($"Can't serialize object of type [{obj?.GetType()}] in [{GetType()}]", nameof(obj));

    public override object FromBinary(byte[] bytes, Type type) => type == typeof(Snapshot)
        ? new Snapshot(PersistentPayload.Read(system, bytes))
        : throw new ArgumentException($"Can't deserialize an object of type [{type}] in [{GetType()}]", nameof(type));
}

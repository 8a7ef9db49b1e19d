using System.Runtime.Serialization;
using System.Text.Json;
using Akka.Actor;
using Akka.Serialization;

namespace ActorNode.Storage.Journal;

/// <summary>
/// Writes the events of a catalog as JSON under their manifests. Neither type nor assembly names reach the journal, so both may change. An
/// event that is not readable is an error of its actor's recovery, never skipped.
/// </summary>
public sealed class EventSerializer(ExtendedActorSystem system, EventCatalog catalog) : SerializerWithStringManifest(system)
{
    /// <summary>Stands in every row, so it is for good. Below 101 are the actor system's own.</summary>
    public const int Id = 741;

    /// <inheritdoc/>
    public override int Identifier => Id;

    /// <inheritdoc/>
    public override string Manifest(object o) => TypeOf(o).Manifest;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => JsonSerializer.SerializeToUtf8Bytes(obj, TypeOf(obj).Json);

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        var type = catalog.Find(manifest)
            ?? throw new SerializationException($"events of manifest '{manifest}' are not known to this version of the node");
        try
        {
            return JsonSerializer.Deserialize(bytes, type.Json)
                ?? throw new SerializationException($"an event of manifest '{manifest}' is null");
        }
        catch (JsonException damaged)
        {
            // Without the bytes: they may hold what must not be logged.
            throw new SerializationException($"an event of manifest '{manifest}' is damaged at byte {damaged.BytePositionInLine ?? 0}", damaged);
        }
    }

    private EventType TypeOf(object o) =>
        catalog.Find(o.GetType()) ?? throw new SerializationException($"{o.GetType().Name} is no event of this node");
}

using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Persistence.Journal;
using Akka.Util;

namespace Akka.Persistence.Sql.Journal;

/// <summary>Events to rows and back. Safe from any thread.</summary>
internal sealed class JournalSerializer(ExtendedActorSystem system, string? defaultSerializer)
{
    private readonly Akka.Serialization.Serialization _serialization = system.Serialization;

    /// <summary>The rows of an atomic write; throws what a serializer throws.</summary>
    public void AddRows(AtomicWrite write, long now, List<JournalRow> rows) =>
        Akka.Serialization.Serialization.WithTransport(system, (self: this, write, now, rows), static of =>
        {
            foreach (var stored in of.write.Events)
                of.rows.Add(of.self.ToRow(stored, of.now));
            return of.rows;
        });

    /// <summary>The event of a row. The error of one that cannot be read says which row it is.</summary>
    /// <param name="serializerId">Null in rows of plugins before there were serializer ids: the manifest names the type, which finds the serializer.</param>
    public IPersistentRepresentation FromRow(string persistenceId, long sequenceNr, long created, byte[] message, int? serializerId, string manifest, string? writer)
    {
        object payload;
        try
        {
            payload = serializerId is { } id ? _serialization.Deserialize(message, id, manifest) : OfType(message, manifest);
        }
        catch (Exception e)
        {
            throw new SerializationException(
                $"The event with sequence number {sequenceNr} of [{persistenceId}], manifest [{manifest}], serializer {serializerId?.ToString() ?? "of the type"}, cannot be read: {e.Message}", e);
        }

        return new Persistent(payload, sequenceNr, persistenceId, manifest, isDeleted: false, ActorRefs.NoSender, writer, created);
    }

    private object OfType(byte[] message, string manifest)
    {
        var type = TypeNames.Find(manifest) ?? throw new TypeLoadException($"There is no type [{manifest}]");
        return Akka.Serialization.Serialization.WithTransport(system, () => _serialization.FindSerializerForType(type, defaultSerializer).FromBinary(message, type));
    }

    private JournalRow ToRow(IPersistentRepresentation stored, long now)
    {
        var (payload, tags) = stored.Payload is Tagged tagged ? (tagged.Payload, tagged.Tags.Order(StringComparer.Ordinal).ToArray()) : (stored.Payload, []);
        var serializer = _serialization.FindSerializerFor(payload, defaultSerializer);
        var message = serializer.ToBinary(payload)
            ?? throw new SerializationException($"Serializer {serializer.Identifier} returned null for {payload.GetType()}");
        return new JournalRow(stored.PersistenceId, stored.SequenceNr, stored.Timestamp == 0 ? now : stored.Timestamp, message, serializer.Identifier,
            Akka.Serialization.Serialization.ManifestFor(serializer, payload) ?? "", tags);
    }
}

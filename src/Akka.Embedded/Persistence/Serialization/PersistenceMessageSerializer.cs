using Akka.Actor;

namespace Akka.Persistence.Serialization;

/// <summary>Serializer 7: events with what belongs to them, atomic writes, and the state of deliveries.</summary>
public sealed class PersistenceMessageSerializer : Akka.Serialization.Serializer
{
    public PersistenceMessageSerializer(ExtendedActorSystem system) : base(system)
    {
    }

    public override bool IncludeManifest => true;

    public override byte[] ToBinary(object obj) => obj switch
    {
        IPersistentRepresentation persistent => Write(persistent),
        AtomicWrite write => Write(write),
        AtLeastOnceDeliverySnapshot snapshot => Write(snapshot),
        _ => throw new ArgumentException($"Can't serialize object of type [{obj?.GetType()}] in [{GetType()}]", nameof(obj))
    };

    public override object FromBinary(byte[] bytes, Type type)
    {
        if (typeof(IPersistentRepresentation).IsAssignableFrom(type))
            return ReadPersistent(bytes);
        if (type == typeof(AtomicWrite))
            return ReadWrite(bytes);
        if (type == typeof(AtLeastOnceDeliverySnapshot))
            return ReadSnapshot(bytes);
        throw new ArgumentException($"Can't deserialize an object of type [{type}] in [{GetType()}]", nameof(type));
    }

    private byte[] Write(IPersistentRepresentation persistent) => new ProtoWriter()
        .Message(1, PersistentPayload.Write(system, persistent.Payload))
        .Number(2, persistent.SequenceNr)
        .Text(3, persistent.PersistenceId)
        .Number(4, persistent.IsDeleted ? 1 : 0)
        .Text(11, persistent.Sender is null ? "" : Akka.Serialization.Serialization.SerializedActorPath(persistent.Sender))
        .Text(12, persistent.Manifest)
        .Text(13, persistent.WriterGuid)
        .Signed(14, persistent.Timestamp)
        .ToArray();

    private byte[] Write(AtomicWrite write)
    {
        var writer = new ProtoWriter();
        foreach (var persistent in write.Events)
            writer.Message(1, Write(persistent));
        return writer.ToArray();
    }

    private byte[] Write(AtLeastOnceDeliverySnapshot snapshot)
    {
        var writer = new ProtoWriter().Number(1, snapshot.CurrentDeliveryId);
        foreach (var unconfirmed in snapshot.UnconfirmedDeliveries)
        {
            writer.Message(2, new ProtoWriter()
                .Number(1, unconfirmed.DeliveryId)
                .Text(2, unconfirmed.Destination.ToString())
                .Message(3, PersistentPayload.Write(system, unconfirmed.Message))
                .ToArray());
        }

        return writer.ToArray();
    }

    private Persistent ReadPersistent(ReadOnlySpan<byte> bytes)
    {
        object? payload = null;
        long sequenceNr = 0, timestamp = 0;
        string id = "", manifest = "", writer = "";
        var isDeleted = false;
        IActorRef? sender = null;
        var reader = new ProtoReader(bytes);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    payload = PersistentPayload.Read(system, reader.Bytes);
                    break;
                case 2:
                    sequenceNr = reader.Number;
                    break;
                case 3:
                    id = reader.Text;
                    break;
                case 4:
                    isDeleted = reader.Number != 0;
                    break;
                case 11:
                    sender = system.Provider.ResolveActorRef(reader.Text);
                    break;
                case 12:
                    manifest = reader.Text;
                    break;
                case 13:
                    writer = reader.Text;
                    break;
                case 14:
                    timestamp = reader.Signed;
                    break;
            }
        }

        return new Persistent(payload!, sequenceNr, id, manifest, isDeleted, sender, writer, timestamp);
    }

    private AtomicWrite ReadWrite(ReadOnlySpan<byte> bytes)
    {
        var events = new List<IPersistentRepresentation>();
        var reader = new ProtoReader(bytes);
        while (reader.Read())
        {
            if (reader.Field == 1)
                events.Add(ReadPersistent(reader.Bytes));
        }

        return events.Count > 0 ? new AtomicWrite(events.ToArray()) : throw new InvalidDataException("An atomic write without events");
    }

    private AtLeastOnceDeliverySnapshot ReadSnapshot(ReadOnlySpan<byte> bytes)
    {
        long current = 0;
        var unconfirmed = new List<UnconfirmedDelivery>();
        var reader = new ProtoReader(bytes);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    current = reader.Number;
                    break;
                case 2:
                    unconfirmed.Add(ReadUnconfirmed(reader.Bytes));
                    break;
            }
        }

        return new AtLeastOnceDeliverySnapshot(current, [.. unconfirmed]);
    }

    private UnconfirmedDelivery ReadUnconfirmed(ReadOnlySpan<byte> bytes)
    {
        long id = 0;
        var destination = "";
        object? message = null;
        var reader = new ProtoReader(bytes);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    id = reader.Number;
                    break;
                case 2:
                    destination = reader.Text;
                    break;
                case 3:
                    message = PersistentPayload.Read(system, reader.Bytes);
                    break;
            }
        }

        return new UnconfirmedDelivery(id, ActorPath.Parse(destination), message!);
    }
}

using System.Text;
using Akka.Actor;

namespace Akka.Persistence.Serialization;

/// <summary>An object of the program inside a message of persistence: its serializer's id, its bytes, its manifest.</summary>
internal static class PersistentPayload
{
    public static byte[] Write(ExtendedActorSystem system, object content)
    {
        var serializer = system.Serialization.FindSerializerFor(content);
        return Akka.Serialization.Serialization.WithTransport(system, () => new ProtoWriter()
            .Number(1, serializer.Identifier)
            .Bytes(2, serializer.ToBinary(content))
            .Bytes(3, Encoding.UTF8.GetBytes(Akka.Serialization.Serialization.ManifestFor(serializer, content)))
            .ToArray());
    }

    public static object Read(ExtendedActorSystem system, ReadOnlySpan<byte> bytes)
    {
        var id = 0;
        byte[] content = [];
        var manifest = "";
        var reader = new ProtoReader(bytes);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    id = (int)reader.Number;
                    break;
                case 2:
                    content = reader.Bytes.ToArray();
                    break;
                case 3:
                    manifest = reader.Text;
                    break;
            }
        }

        return system.Serialization.Deserialize(content, id, manifest);
    }
}

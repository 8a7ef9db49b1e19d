using Akka.Actor;
using Akka.Util;

namespace Akka.Serialization;

/// <summary>
/// Writes objects as bytes. The identifier is stored with the bytes, so it must never change; 0 to 100 belong to Akka.NET.
/// </summary>
public abstract class Serializer
{
    protected readonly ExtendedActorSystem system;

    private int? _identifier;

    protected Serializer(ExtendedActorSystem system) => this.system = system;

    /// <summary>From <c>akka.actor.serialization-identifiers</c> unless the serializer states its own.</summary>
    public virtual int Identifier => _identifier ??= SerializerIdentifierHelper.GetSerializerIdentifierFromConfig(GetType(), system);

    /// <summary>Whether the name of the type is stored with the bytes.</summary>
    public abstract bool IncludeManifest { get; }

    public abstract byte[] ToBinary(object obj);

    /// <summary>With references to actors written for a reader at that address.</summary>
    public byte[] ToBinaryWithAddress(Address address, object obj) => Serialization.WithTransport(system, address, () => ToBinary(obj));

    public abstract object FromBinary(byte[] bytes, Type type);

    public T FromBinary<T>(byte[] bytes) => (T)FromBinary(bytes, typeof(T));
}

/// <summary>Stores a short, stable name instead of the name of the type.</summary>
public abstract class SerializerWithStringManifest : Serializer
{
    protected SerializerWithStringManifest(ExtendedActorSystem system) : base(system)
    {
    }

    public sealed override bool IncludeManifest => true;

    public sealed override object FromBinary(byte[] bytes, Type type) => FromBinary(bytes, TypeNames.Of(type));

    public abstract object FromBinary(byte[] bytes, string manifest);

    /// <summary>Never null; empty when one is not needed.</summary>
    public abstract string Manifest(object o);
}

public static class SerializerIdentifierHelper
{
    public static int GetSerializerIdentifierFromConfig(Type type, ExtendedActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(type);
        foreach (var (name, value) in system.Settings.Config.GetConfig("akka.actor.serialization-identifiers")?.AsEnumerable() ?? [])
        {
            if (TypeNames.Find(name) == type)
                return value.GetInt();
        }

        throw new ArgumentException($"Couldn't find serializer id for [{type}] under [akka.actor.serialization-identifiers]", nameof(type));
    }
}

/// <summary>Bytes as they are.</summary>
public class ByteArraySerializer : Serializer
{
    public ByteArraySerializer(ExtendedActorSystem system) : base(system)
    {
    }

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => obj switch
    {
        null => null!,
        byte[] bytes => bytes,
        _ => throw new NotSupportedException($"The object to convert is not a byte array but {obj.GetType()}")
    };

    public override object FromBinary(byte[] bytes, Type type) => bytes;
}

/// <summary>Null, whatever it is given.</summary>
public class NullSerializer : Serializer
{
    public NullSerializer(ExtendedActorSystem system) : base(system)
    {
    }

    public override int Identifier => 0;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => [];

    public override object FromBinary(byte[] bytes, Type type) => null!;
}

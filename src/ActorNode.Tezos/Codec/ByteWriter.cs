using System.Buffers.Binary;
using ActorNode.Tezos.Hashes;

namespace ActorNode.Tezos.Codec;

/// <summary>Writes big endian fields into an array of their exact length.</summary>
internal ref struct ByteWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;
    private int _length;

    public void Byte(byte value) => _destination[_length++] = value;

    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Take(2), value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(4), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64BigEndian(Take(8), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Take(8), value);

    public void Hash(Hash32 value) => value.CopyTo(Take(Hash32.Length));

    public void Chain(ChainId value) => value.CopyTo(Take(ChainId.Length));

    public void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    public void Sized(ReadOnlySpan<byte> value)
    {
        Int32(value.Length);
        Bytes(value);
    }

    private Span<byte> Take(int count)
    {
        var span = _destination.Slice(_length, count);
        _length += count;
        return span;
    }
}

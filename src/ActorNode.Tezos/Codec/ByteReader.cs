using System.Buffers.Binary;

namespace ActorNode.Tezos.Codec;

/// <summary>Reads big endian fields one after the other; an error names the field, its offset, and what is missing.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes, int offset = 0)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Where the next field begins.</summary>
    public int Offset { get; private set; } = offset;

    public readonly int Left => _bytes.Length - Offset;

    public ReadOnlySpan<byte> Bytes(int count, string field)
    {
        if (count < 0 || count > Left)
            throw new TezosFormatException($"{field}: {Math.Max(count, 0)} bytes from offset {Offset} are wanted and only {Left} are there");
        var span = _bytes.Slice(Offset, count);
        Offset += count;
        return span;
    }

    public byte Byte(string field) => Bytes(1, field)[0];

    public ushort UInt16(string field) => BinaryPrimitives.ReadUInt16BigEndian(Bytes(2, field));

    public long Int64(string field) => BinaryPrimitives.ReadInt64BigEndian(Bytes(8, field));

    public ulong UInt64(string field) => BinaryPrimitives.ReadUInt64BigEndian(Bytes(8, field));

    /// <summary>A level or a round: 0 to 2,147,483,647.</summary>
    public int Natural32(string field)
    {
        var at = Offset;
        var value = BinaryPrimitives.ReadInt32BigEndian(Bytes(4, field));
        return value >= 0 ? value : throw new TezosFormatException($"{field}: {value} at offset {at} is out of range, must be 0 to {int.MaxValue}");
    }

    /// <summary>Bytes that their length stands before.</summary>
    public ReadOnlySpan<byte> Sized(string field)
    {
        var at = Offset;
        var length = BinaryPrimitives.ReadUInt32BigEndian(Bytes(4, field));
        if (length > Left)
            throw new TezosFormatException($"{field}: its length {length} at offset {at} is more than the {Left} bytes that follow");
        return Bytes((int)length, field);
    }

    public Hashes.Hash32 Hash(string field) => new(Bytes(Hashes.Hash32.Length, field));

    public readonly void MustEnd(string what)
    {
        if (Left > 0)
            throw new TezosFormatException($"{what}: {Left} bytes too many from offset {Offset}");
    }
}

using System.Text;

namespace Akka.Persistence.Serialization;

/// <summary>Writes the fields of a protocol buffers message; what has its default value is left out.</summary>
internal sealed class ProtoWriter
{
    private readonly MemoryStream _bytes = new();

    public byte[] ToArray() => _bytes.ToArray();

    public ProtoWriter Number(int field, long value)
    {
        if (value == 0)
            return this;
        Varint((ulong)(field << 3));
        Varint((ulong)value);
        return this;
    }

    /// <summary>A number whose sign is its lowest bit (sint64).</summary>
    public ProtoWriter Signed(int field, long value) => Number(field, (value << 1) ^ (value >> 63));

    public ProtoWriter Text(int field, string? value) => Bytes(field, Encoding.UTF8.GetBytes(value ?? ""));

    public ProtoWriter Bytes(int field, byte[] value) => value.Length == 0 ? this : Message(field, value);

    /// <summary>Written even if it is empty.</summary>
    public ProtoWriter Message(int field, byte[] value)
    {
        Varint((ulong)((field << 3) | 2));
        Varint((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    private void Varint(ulong value)
    {
        for (; value > 0x7f; value >>= 7)
            _bytes.WriteByte((byte)(value | 0x80));
        _bytes.WriteByte((byte)value);
    }
}

/// <summary>Reads the fields of a protocol buffers message one after the other.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;

    public int Field { get; private set; }

    /// <summary>The value of a numeric field.</summary>
    public long Number { get; private set; }

    /// <summary>The value of a field with a length.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    public readonly string Text => Encoding.UTF8.GetString(Bytes);

    public readonly long Signed => (long)((ulong)Number >> 1) ^ -(Number & 1);

    public bool Read()
    {
        if (_left.IsEmpty)
            return false;
        var key = Varint();
        Field = (int)(key >> 3);
        switch (key & 7)
        {
            case 0:
                Number = (long)Varint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                var length = Varint();
                if (length > (ulong)_left.Length)
                    throw Malformed();
                Bytes = Take((int)length);
                break;
            case 5:
                Take(4);
                break;
            default:
                throw Malformed();
        }

        return true;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }

        throw Malformed();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _left.Length)
            throw Malformed();
        var taken = _left[..count];
        _left = _left[count..];
        return taken;
    }

    private static InvalidDataException Malformed() => new("The bytes are not a protocol buffers message: they end too early or have no such field type");
}

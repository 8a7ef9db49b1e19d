using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Hashes;

namespace ActorNode.Tezos.Chain;

/// <summary>The part of a block header that is the same in every protocol. <paramref name="Timestamp"/> is in seconds since 1970.</summary>
public sealed record ShellHeader(
    int Level, byte Proto, BlockHash Predecessor, long Timestamp, byte ValidationPass, OperationsHash OperationsHash, Fitness Fitness, ContextHash Context)
{
    internal int EncodedLength => 4 + 1 + Hash32.Length + 8 + 1 + Hash32.Length + 4 + Fitness.EncodedLength + Hash32.Length;

    public byte[] Encode()
    {
        var bytes = new byte[EncodedLength];
        var writer = new ByteWriter(bytes);
        Write(ref writer);
        return bytes;
    }

    /// <summary>Reads a header from the start of the bytes and says how many it took.</summary>
    /// <exception cref="TezosFormatException">The bytes are no header.</exception>
    public static ShellHeader Decode(ReadOnlySpan<byte> bytes, out int length)
    {
        var reader = new ByteReader(bytes);
        var shell = Read(ref reader);
        length = reader.Offset;
        return shell;
    }

    internal static ShellHeader Read(ref ByteReader reader) => new(
        reader.Natural32("level"),
        reader.Byte("proto"),
        new(reader.Hash("predecessor")),
        reader.Int64("timestamp"),
        reader.Byte("validation pass"),
        new(reader.Hash("operations hash")),
        Fitness.Decode(reader.Sized("fitness")),
        new(reader.Hash("context")));

    internal void Write(ref ByteWriter writer)
    {
        writer.Int32(Level);
        writer.Byte(Proto);
        writer.Hash(Predecessor.Value);
        writer.Int64(Timestamp);
        writer.Byte(ValidationPass);
        writer.Hash(OperationsHash.Value);
        writer.Int32(Fitness.EncodedLength);
        Fitness.Write(ref writer);
        writer.Hash(Context.Value);
    }
}

using ActorNode.Tezos.Codec;

namespace ActorNode.Tezos.Chain;

/// <summary>A block header before it is signed.</summary>
public sealed record BlockHeader(ShellHeader Shell, BlockProtocolData ProtocolData)
{
    public byte[] Encode()
    {
        var bytes = new byte[Shell.EncodedLength + ProtocolData.EncodedLength];
        var writer = new ByteWriter(bytes);
        Shell.Write(ref writer);
        ProtocolData.Write(ref writer);
        return bytes;
    }

    /// <exception cref="TezosFormatException">The bytes are no unsigned block header.</exception>
    public static BlockHeader Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var header = Read(ref reader);
        reader.MustEnd("block header");
        return header;
    }

    internal static BlockHeader Read(ref ByteReader reader) => new(ShellHeader.Read(ref reader), BlockProtocolData.Read(ref reader));
}

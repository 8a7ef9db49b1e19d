using System.Buffers.Binary;
using ActorNode.Tezos.Codec;

namespace ActorNode.Tezos.Hashes;

/// <summary>The four bytes that tell chains apart (Net...): the first of the hash of the genesis block's hash.</summary>
public readonly record struct ChainId(uint Value)
{
    public const int Length = 4;

    /// <exception cref="TezosFormatException">There are not four bytes.</exception>
    public static ChainId FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Length ? new(BinaryPrimitives.ReadUInt32BigEndian(bytes)) : throw new TezosFormatException($"chain id: {bytes.Length} bytes, must be {Length}");

    /// <summary>The id of the chain that began with this block.</summary>
    public static ChainId OfGenesis(BlockHash genesis)
    {
        Span<byte> bytes = stackalloc byte[Hash32.Length];
        genesis.Value.CopyTo(bytes);
        Blake2b.Hash256(bytes).CopyTo(bytes);
        return FromBytes(bytes[..Length]);
    }

    /// <exception cref="TezosFormatException">The text is no chain id.</exception>
    public static ChainId Parse(string text) => FromBytes(Base58Check.Decode(Base58Prefix.ChainId, text));

    public void CopyTo(Span<byte> destination) => BinaryPrimitives.WriteUInt32BigEndian(destination, Value);

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        CopyTo(bytes);
        return Base58Check.Encode(Base58Prefix.ChainId, bytes);
    }
}

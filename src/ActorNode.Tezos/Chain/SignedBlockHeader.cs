using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Keys;

namespace ActorNode.Tezos.Chain;

/// <summary>A block header with the baker's signature.</summary>
public sealed record SignedBlockHeader(BlockHeader Header, Signature Signature)
{
    /// <summary>What the next block calls its predecessor.</summary>
    public BlockHash Hash() => new(Blake2b.Hash256(Encode()));

    public byte[] Encode() => [.. Header.Encode(), .. Signature.Bytes];

    /// <exception cref="TezosFormatException">The bytes are no signed block header.</exception>
    public static SignedBlockHeader Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var header = BlockHeader.Read(ref reader);
        var signature = reader.Bytes(reader.Left, "signature");
        return new(header, Signature.FromBytes(signature.Length == Base58Prefix.BlsSignature.DataLength ? KeyType.Bls12381 : null, signature));
    }
}

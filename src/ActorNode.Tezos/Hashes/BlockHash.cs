using ActorNode.Tezos.Codec;

namespace ActorNode.Tezos.Hashes;

/// <summary>BLAKE2b-256 of a signed block header (B...).</summary>
public readonly record struct BlockHash(Hash32 Value) : ITezosHash<BlockHash>
{
    public static Base58Prefix Prefix => Base58Prefix.BlockHash;

    public static BlockHash From(Hash32 value) => new(value);

    public static BlockHash Parse(string text) => TezosHash.Parse<BlockHash>(text);

    /// <inheritdoc/>
    public override string ToString() => TezosHash.Print(this);
}

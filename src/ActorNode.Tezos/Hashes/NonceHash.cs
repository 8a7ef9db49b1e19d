using ActorNode.Tezos.Codec;

namespace ActorNode.Tezos.Hashes;

/// <summary>The commitment to a seed nonce (nce...).</summary>
public readonly record struct NonceHash(Hash32 Value) : ITezosHash<NonceHash>
{
    public static Base58Prefix Prefix => Base58Prefix.NonceHash;

    public static NonceHash From(Hash32 value) => new(value);

    public static NonceHash Parse(string text) => TezosHash.Parse<NonceHash>(text);

    /// <inheritdoc/>
    public override string ToString() => TezosHash.Print(this);
}

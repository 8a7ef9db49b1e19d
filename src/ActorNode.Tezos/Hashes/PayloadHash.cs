using ActorNode.Tezos.Codec;

namespace ActorNode.Tezos.Hashes;

/// <summary>What validators vote for: a block's operations without the consensus ones (vh...).</summary>
public readonly record struct PayloadHash(Hash32 Value) : ITezosHash<PayloadHash>
{
    public static Base58Prefix Prefix => Base58Prefix.PayloadHash;

    public static PayloadHash From(Hash32 value) => new(value);

    public static PayloadHash Parse(string text) => TezosHash.Parse<PayloadHash>(text);

    /// <inheritdoc/>
    public override string ToString() => TezosHash.Print(this);
}

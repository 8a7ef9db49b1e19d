using ActorNode.Tezos.Codec;

namespace ActorNode.Tezos.Hashes;

/// <summary>The hash of a protocol's source (P...).</summary>
public readonly record struct ProtocolHash(Hash32 Value) : ITezosHash<ProtocolHash>
{
    public static Base58Prefix Prefix => Base58Prefix.ProtocolHash;

    public static ProtocolHash From(Hash32 value) => new(value);

    public static ProtocolHash Parse(string text) => TezosHash.Parse<ProtocolHash>(text);

    /// <inheritdoc/>
    public override string ToString() => TezosHash.Print(this);
}

using ActorNode.Tezos.Codec;

namespace ActorNode.Tezos.Hashes;

/// <summary>The root of the state after a block (Co...).</summary>
public readonly record struct ContextHash(Hash32 Value) : ITezosHash<ContextHash>
{
    public static Base58Prefix Prefix => Base58Prefix.ContextHash;

    public static ContextHash From(Hash32 value) => new(value);

    public static ContextHash Parse(string text) => TezosHash.Parse<ContextHash>(text);

    /// <inheritdoc/>
    public override string ToString() => TezosHash.Print(this);
}

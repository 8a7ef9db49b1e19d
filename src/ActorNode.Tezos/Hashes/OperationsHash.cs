using ActorNode.Tezos.Codec;

namespace ActorNode.Tezos.Hashes;

/// <summary>The root of a block's lists of operations (LLo...).</summary>
public readonly record struct OperationsHash(Hash32 Value) : ITezosHash<OperationsHash>
{
    public static Base58Prefix Prefix => Base58Prefix.OperationsHash;

    public static OperationsHash From(Hash32 value) => new(value);

    public static OperationsHash Parse(string text) => TezosHash.Parse<OperationsHash>(text);

    /// <inheritdoc/>
    public override string ToString() => TezosHash.Print(this);
}

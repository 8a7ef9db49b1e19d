using ActorNode.Tezos.Codec;

namespace ActorNode.Tezos.Hashes;

/// <summary>BLAKE2b-256 of a signed operation (o...).</summary>
public readonly record struct OperationHash(Hash32 Value) : ITezosHash<OperationHash>
{
    public static Base58Prefix Prefix => Base58Prefix.OperationHash;

    public static OperationHash From(Hash32 value) => new(value);

    public static OperationHash Parse(string text) => TezosHash.Parse<OperationHash>(text);

    /// <inheritdoc/>
    public override string ToString() => TezosHash.Print(this);
}

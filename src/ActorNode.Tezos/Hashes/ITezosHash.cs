using ActorNode.Tezos.Codec;

namespace ActorNode.Tezos.Hashes;

/// <summary>A hash whose type says what was hashed, so that a block's cannot stand where a payload's belongs.</summary>
public interface ITezosHash<TSelf>
    where TSelf : struct, ITezosHash<TSelf>
{
    static abstract Base58Prefix Prefix { get; }

    Hash32 Value { get; }

    static abstract TSelf From(Hash32 value);
}

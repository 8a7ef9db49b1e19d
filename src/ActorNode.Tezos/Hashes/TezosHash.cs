using ActorNode.Tezos.Codec;

namespace ActorNode.Tezos.Hashes;

/// <summary>Base58 text of typed hashes.</summary>
public static class TezosHash
{
    /// <exception cref="TezosFormatException">The text is no such hash.</exception>
    public static THash Parse<THash>(string text)
        where THash : struct, ITezosHash<THash> => THash.From(new Hash32(Base58Check.Decode(THash.Prefix, text)));

    public static string Print<THash>(THash hash)
        where THash : struct, ITezosHash<THash>
    {
        Span<byte> bytes = stackalloc byte[Hash32.Length];
        hash.Value.CopyTo(bytes);
        return Base58Check.Encode(THash.Prefix, bytes);
    }
}

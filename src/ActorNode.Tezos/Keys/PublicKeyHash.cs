using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Codec;

namespace ActorNode.Tezos.Keys;

/// <summary>An address of a key: the hash of the public key, its type, and the network whose prefix it is shown with.</summary>
public sealed class PublicKeyHash : IEquatable<PublicKeyHash>
{
    /// <summary>Bytes of the hash alone.</summary>
    public const int Length = 20;

    /// <summary>Bytes of the binary form: the type's tag and the hash.</summary>
    public const int BinaryLength = 1 + Length;

    private static readonly Base58Prefix[] Prefixes =
    [
        Base58Prefix.Mavryk1, Base58Prefix.Mavryk2, Base58Prefix.Mavryk3, Base58Prefix.Mavryk4,
        Base58Prefix.Tezos1, Base58Prefix.Tezos2, Base58Prefix.Tezos3, Base58Prefix.Tezos4,
    ];

    private readonly byte[] _hash;
    private readonly string _text;

    private PublicKeyHash(Network network, KeyType type, byte[] hash)
    {
        (Network, Type, _hash) = (network, type, hash);
        _text = Base58Check.Encode(PrefixOf(network, type), hash);
    }

    public Network Network { get; }

    public KeyType Type { get; }

    /// <summary>The hash without its tag.</summary>
    public ReadOnlySpan<byte> Hash => _hash;

    /// <summary>The id that the node knows the key by: the base58 text.</summary>
    public ConsensusKeyId Id => new(_text);

    /// <exception cref="TezosFormatException">There are not 20 bytes.</exception>
    public static PublicKeyHash FromHash(Network network, KeyType type, ReadOnlySpan<byte> hash) => new(network, type, hash.ToArray());

    /// <summary>Reads mv1 to mv4 and tz1 to tz4.</summary>
    /// <exception cref="TezosFormatException">The text is no address.</exception>
    public static PublicKeyHash Parse(string text)
    {
        var (prefix, hash) = Base58Check.Decode(text, "public key hash", Prefixes);
        var index = Array.IndexOf(Prefixes, prefix);
        return new(index < 4 ? Network.Mavryk : Network.Tezos, (KeyType)(index % 4), hash);
    }

    /// <summary>Reads tag and hash. The binary form does not tell the network.</summary>
    /// <exception cref="TezosFormatException">The length or the tag is wrong.</exception>
    public static PublicKeyHash FromBinary(Network network, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != BinaryLength)
            throw new TezosFormatException($"public key hash: {bytes.Length} bytes, must be {BinaryLength}");
        if (bytes[0] > (byte)KeyType.Bls12381)
            throw new TezosFormatException($"public key hash: tag {bytes[0]}, must be 0 to 3");
        return FromHash(network, (KeyType)bytes[0], bytes[1..]);
    }

    /// <summary>Writes tag and hash.</summary>
    public byte[] ToBinary() => [(byte)Type, .. _hash];

    /// <inheritdoc/>
    public bool Equals(PublicKeyHash? other) => other is not null && string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PublicKeyHash);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => _text;

    private static Base58Prefix PrefixOf(Network network, KeyType type) => Prefixes[(network == Network.Mavryk ? 0 : 4) + (int)type];
}

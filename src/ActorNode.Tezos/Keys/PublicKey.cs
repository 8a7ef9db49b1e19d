using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Keys.Schemes;

namespace ActorNode.Tezos.Keys;

/// <summary>A public key. Reading one checks that it is a point of its curve where verification would otherwise fail later. From any thread.</summary>
public sealed class PublicKey : IEquatable<PublicKey>
{
    private readonly byte[] _bytes;
    private readonly Lazy<IVerifier> _verifier;

    private PublicKey(KeyScheme scheme, byte[] bytes)
    {
        Scheme = scheme;
        _bytes = bytes;
        _verifier = new(() => scheme.Verifier(bytes));
    }

    public KeyType Type => Scheme.Type;

    /// <summary>32 bytes of ed25519, 33 (compressed) of secp256k1 and P-256, 48 of BLS.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    internal KeyScheme Scheme { get; }

    /// <exception cref="TezosFormatException">The bytes are no key of the type.</exception>
    public static PublicKey FromBytes(KeyType type, ReadOnlySpan<byte> bytes)
    {
        var scheme = KeyScheme.Of(type);
        if (bytes.Length != scheme.PublicKeyPrefix.DataLength)
            throw new TezosFormatException($"{scheme.PublicKeyPrefix.Name}: {bytes.Length} bytes, must be {scheme.PublicKeyPrefix.DataLength}");
        if (!scheme.IsPublicKey(bytes))
            throw new TezosFormatException($"{scheme.PublicKeyPrefix.Name}: is no point of the curve");
        return new(scheme, bytes.ToArray());
    }

    /// <summary>Reads edpk, sppk, p2pk and BLpk.</summary>
    /// <exception cref="TezosFormatException">The text is no public key.</exception>
    public static PublicKey Parse(string text)
    {
        var (prefix, bytes) = Base58Check.Decode(
            text, "public key", Base58Prefix.Ed25519PublicKey, Base58Prefix.Secp256k1PublicKey, Base58Prefix.P256PublicKey, Base58Prefix.BlsPublicKey);
        return FromBytes(KeyScheme.All.First(scheme => scheme.PublicKeyPrefix == prefix).Type, bytes);
    }

    /// <summary>The key's address on a network.</summary>
    public PublicKeyHash Hash(Network network) => PublicKeyHash.FromHash(network, Type, Blake2b.Hash160(_bytes));

    /// <summary>
    /// Whether the signature is this key's over the payload, watermark byte first. A signature that names another scheme is not.
    /// As the chain demands: secp256k1 with low S only, ed25519 in canonical form only.
    /// </summary>
    /// <exception cref="UnsupportedKeyTypeException">The key is a BLS key.</exception>
    public bool Verify(ReadOnlySpan<byte> payload, Signature signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        return VerifyDigest(Blake2b.Hash256(payload), signature);
    }

    /// <inheritdoc/>
    public bool Equals(PublicKey? other) => other is not null && Type == other.Type && Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PublicKey);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    /// <summary>Base58.</summary>
    public override string ToString() => Base58Check.Encode(Scheme.PublicKeyPrefix, _bytes);

    /// <summary>Whether the signature is this key's over 32 bytes that were hashed already.</summary>
    internal bool VerifyDigest(Hash32 digest, Signature signature)
    {
        var verifier = _verifier.Value;
        if (signature.Bytes.Length != Signature.Length || (signature.Type is { } type && type != Type))
            return false;
        Span<byte> bytes = stackalloc byte[Hash32.Length];
        digest.CopyTo(bytes);
        return verifier.Verify(bytes, signature.Bytes);
    }
}

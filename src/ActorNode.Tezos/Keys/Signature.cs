using ActorNode.Tezos.Codec;

namespace ActorNode.Tezos.Keys;

/// <summary>
/// A signature, with its scheme where the text said so: edsig, spsig1, p2sig and BLsig name theirs, sig does not.
/// </summary>
public sealed class Signature : IEquatable<Signature>
{
    /// <summary>Bytes of a signature of every scheme but BLS.</summary>
    public const int Length = 64;

    private readonly byte[] _bytes;

    private Signature(KeyType? type, byte[] bytes) => (Type, _bytes) = (type, bytes);

    /// <summary>The scheme; null when the signature does not tell.</summary>
    public KeyType? Type { get; }

    /// <summary>64 bytes, 96 for BLS. Of ECDSA r and s, big endian.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <exception cref="TezosFormatException">The length is not the scheme's.</exception>
    public static Signature FromBytes(KeyType? type, ReadOnlySpan<byte> bytes)
    {
        var length = PrefixOf(type).DataLength;
        return bytes.Length == length ? new(type, bytes.ToArray()) : throw new TezosFormatException($"signature: {bytes.Length} bytes, must be {length}");
    }

    /// <exception cref="TezosFormatException">The text is no signature.</exception>
    public static Signature Parse(string text)
    {
        var (prefix, bytes) = Base58Check.Decode(
            text, "signature", Base58Prefix.Signature, Base58Prefix.Ed25519Signature, Base58Prefix.Secp256k1Signature, Base58Prefix.P256Signature, Base58Prefix.BlsSignature);
        KeyType? type = prefix == Base58Prefix.Ed25519Signature ? KeyType.Ed25519
            : prefix == Base58Prefix.Secp256k1Signature ? KeyType.Secp256k1
            : prefix == Base58Prefix.P256Signature ? KeyType.P256
            : prefix == Base58Prefix.BlsSignature ? KeyType.Bls12381
            : null;
        return new(type, bytes);
    }

    /// <summary>The same signature as sig..., the form that block headers and operations are shown with. BLS has none and stays as it is.</summary>
    public Signature ToGeneric() => Type == KeyType.Bls12381 ? this : new(null, _bytes);

    /// <inheritdoc/>
    public bool Equals(Signature? other) => other is not null && Type == other.Type && Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Signature);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    /// <summary>Base58.</summary>
    public override string ToString() => Base58Check.Encode(PrefixOf(Type), _bytes);

    private static Base58Prefix PrefixOf(KeyType? type) => type switch
    {
        KeyType.Ed25519 => Base58Prefix.Ed25519Signature,
        KeyType.Secp256k1 => Base58Prefix.Secp256k1Signature,
        KeyType.P256 => Base58Prefix.P256Signature,
        KeyType.Bls12381 => Base58Prefix.BlsSignature,
        _ => Base58Prefix.Signature,
    };
}

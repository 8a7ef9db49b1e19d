using System.Collections.Immutable;
using ActorNode.Tezos.Codec;

namespace ActorNode.Tezos.Keys.Schemes;

/// <summary>Verifies signatures of one public key. From any thread.</summary>
internal interface IVerifier
{
    bool Verify(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature);
}

/// <summary>Signs with one secret key, whose bytes belong to the <see cref="SecretKey"/>. One call at a time.</summary>
internal interface ISigningKey
{
    void Sign(ReadOnlySpan<byte> digest, Span<byte> signature);
}

/// <summary>What the types of keys do differently.</summary>
internal abstract class KeyScheme
{
    /// <summary>All schemes, by the values of <see cref="KeyType"/>.</summary>
    public static readonly ImmutableArray<KeyScheme> All = [new Ed25519Scheme(), EcdsaScheme.Secp256k1(), EcdsaScheme.P256(), new BlsScheme()];

    public abstract KeyType Type { get; }

    public abstract Base58Prefix PublicKeyPrefix { get; }

    public abstract Base58Prefix SecretKeyPrefix { get; }

    public static KeyScheme Of(KeyType type) => Enum.IsDefined(type) ? All[(int)type] : throw new ArgumentOutOfRangeException(nameof(type), type, "no key type");

    /// <summary>Whether bytes of the right length are a key of the curve, as far as it can be told.</summary>
    public abstract bool IsPublicKey(ReadOnlySpan<byte> bytes);

    /// <summary>Whether 32 bytes are a secret key.</summary>
    public abstract bool IsSecretKey(ReadOnlySpan<byte> bytes);

    public abstract byte[] PublicKeyOf(byte[] secret);

    public abstract IVerifier Verifier(byte[] publicKey);

    public abstract ISigningKey SigningKey(byte[] secret, byte[] publicKey);

    /// <exception cref="UnsupportedKeyTypeException">The node cannot sign with this type.</exception>
    public virtual void MustSign(string deed)
    {
    }
}

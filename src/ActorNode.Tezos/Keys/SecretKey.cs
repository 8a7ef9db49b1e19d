using System.Security.Cryptography;
using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Keys.Schemes;

namespace ActorNode.Tezos.Keys;

/// <summary>
/// A secret key. Its bytes are pinned, cleared when it is disposed, and shown by <see cref="RevealBase58"/> alone: no error and no other
/// text holds them. From any thread; one signature at a time.
/// </summary>
public sealed class SecretKey : IDisposable
{
    /// <summary>Bytes of a secret key of every type: an ed25519 seed, a scalar of the others.</summary>
    public const int Length = 32;

    private readonly Lock _lock = new();
    private readonly KeyScheme _scheme;
    private readonly byte[] _secret;
    private PublicKey? _publicKey;
    private ISigningKey? _signing;
    private bool _disposed;

    private SecretKey(KeyScheme scheme, ReadOnlySpan<byte> secret)
    {
        if (secret.Length != Length)
            throw new TezosFormatException($"{scheme.SecretKeyPrefix.Name}: {secret.Length} bytes, must be {Length}");
        if (!scheme.IsSecretKey(secret))
            throw new TezosFormatException($"{scheme.SecretKeyPrefix.Name}: must be a number from 1 to the order of the curve");
        _scheme = scheme;
        _secret = GC.AllocateUninitializedArray<byte>(Length, pinned: true);
        secret.CopyTo(_secret);
    }

    public KeyType Type => _scheme.Type;

    /// <summary>A new key from the system's random source.</summary>
    /// <exception cref="UnsupportedKeyTypeException">The type is BLS.</exception>
    public static SecretKey Generate(KeyType type)
    {
        var scheme = KeyScheme.Of(type);
        scheme.MustSign("generate keys");
        Span<byte> secret = stackalloc byte[Length];
        do
            RandomNumberGenerator.Fill(secret);
        while (!scheme.IsSecretKey(secret));
        var key = new SecretKey(scheme, secret);
        CryptographicOperations.ZeroMemory(secret);
        return key;
    }

    /// <summary>The key of a seed or scalar (of BLS in the order of the text, little endian). The caller clears its own copy.</summary>
    /// <exception cref="TezosFormatException">The bytes are no secret key of the type.</exception>
    public static SecretKey FromBytes(KeyType type, ReadOnlySpan<byte> secret) => new(KeyScheme.Of(type), secret);

    /// <summary>
    /// Reads edsk (both forms), spsk, p2sk and BLsk, with or without "unencrypted:" before it.
    /// </summary>
    /// <exception cref="TezosFormatException">The text is no secret key that can be read. The message does not repeat it.</exception>
    public static SecretKey Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const string Scheme = "unencrypted:";
        var (prefix, bytes) = Base58Check.Decode(
            text.StartsWith(Scheme, StringComparison.Ordinal) ? text[Scheme.Length..] : text,
            "secret key",
            Base58Prefix.Ed25519Seed, Base58Prefix.Ed25519SecretKey, Base58Prefix.Secp256k1SecretKey, Base58Prefix.P256SecretKey, Base58Prefix.BlsSecretKey);
        try
        {
            if (prefix != Base58Prefix.Ed25519SecretKey)
                return new(KeyScheme.All.First(scheme => scheme.SecretKeyPrefix == prefix), bytes);
            var key = new SecretKey(KeyScheme.Of(KeyType.Ed25519), bytes.AsSpan(..Length));
            if (key.GetPublicKey().Bytes.SequenceEqual(bytes.AsSpan(Length)))
                return key;
            key.Dispose();
            throw new TezosFormatException("secret key: its public half does not belong to its secret half");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <exception cref="UnsupportedKeyTypeException">The key is a BLS key.</exception>
    public PublicKey GetPublicKey()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _publicKey ??= PublicKey.FromBytes(Type, _scheme.PublicKeyOf(_secret));
        }
    }

    /// <summary>
    /// Signs the payload, watermark byte first. Deterministic: the same payload gives the same signature (RFC 8032; RFC 6979 with low S).
    /// </summary>
    /// <exception cref="UnsupportedKeyTypeException">The key is a BLS key.</exception>
    public Signature Sign(ReadOnlySpan<byte> payload) => SignDigest(Blake2b.Hash256(payload));

    /// <summary>The secret itself, for export by its owner's explicit wish.</summary>
    public string RevealBase58()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return Base58Check.Encode(_scheme.SecretKeyPrefix, _secret);
        }
    }

    /// <summary>Clears the secret. A signature under way ends first.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _signing = null;
            CryptographicOperations.ZeroMemory(_secret);
        }
    }

    /// <summary>Names the type only.</summary>
    public override string ToString() => _scheme.SecretKeyPrefix.Name;

    /// <summary>Copies the secret to where the caller clears it.</summary>
    internal void CopyTo(Span<byte> destination)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _secret.CopyTo(destination);
        }
    }

    internal Signature SignDigest(Hash32 digest)
    {
        var publicKey = GetPublicKey();
        Span<byte> bytes = stackalloc byte[Hash32.Length];
        digest.CopyTo(bytes);
        Span<byte> signature = stackalloc byte[Signature.Length];
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _signing ??= _scheme.SigningKey(_secret, publicKey.Bytes.ToArray());
            _signing.Sign(bytes, signature);
        }

        return Signature.FromBytes(Type, signature);
    }
}

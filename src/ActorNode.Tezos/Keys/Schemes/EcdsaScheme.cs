using System.Security.Cryptography;
using ActorNode.Tezos.Codec;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using PlatformCurve = System.Security.Cryptography.ECCurve;

namespace ActorNode.Tezos.Keys.Schemes;

/// <summary>
/// ECDSA over a 256-bit curve. Signs with the nonce of RFC 6979 (HMAC-SHA-256) and the lower of both values of S; verifies with the
/// platform's implementation, which is the faster one.
/// </summary>
internal sealed class EcdsaScheme : KeyScheme
{
    private const int FieldLength = 32;

    private readonly ECDomainParameters _domain;
    private readonly PlatformCurve _platform;
    private readonly BigInteger _halfOrder;
    private readonly byte[]? _highestS;

    private EcdsaScheme(KeyType type, string curve, PlatformCurve platform, bool lowSOnly, Base58Prefix publicKey, Base58Prefix secretKey)
    {
        // The custom curves are the library's fast ones.
        var parameters = CustomNamedCurves.GetByName(curve);
        _domain = new(parameters.Curve, parameters.G, parameters.N, parameters.H);
        _platform = platform;
        _halfOrder = _domain.N.ShiftRight(1);
        _highestS = lowSOnly ? Fixed(_halfOrder) : null;
        (Type, PublicKeyPrefix, SecretKeyPrefix) = (type, publicKey, secretKey);
    }

    public override KeyType Type { get; }

    public override Base58Prefix PublicKeyPrefix { get; }

    public override Base58Prefix SecretKeyPrefix { get; }

    /// <summary>The chain takes signatures with low S only.</summary>
    public static EcdsaScheme Secp256k1() => new(
        KeyType.Secp256k1, "secp256k1", PlatformCurve.CreateFromFriendlyName("secP256k1"), lowSOnly: true, Base58Prefix.Secp256k1PublicKey, Base58Prefix.Secp256k1SecretKey);

    /// <summary>The chain takes signatures with either S.</summary>
    public static EcdsaScheme P256() => new(
        KeyType.P256, "secp256r1", PlatformCurve.NamedCurves.nistP256, lowSOnly: false, Base58Prefix.P256PublicKey, Base58Prefix.P256SecretKey);

    public override bool IsPublicKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] is not (2 or 3))
            return false;
        try
        {
            _domain.Curve.DecodePoint(bytes.ToArray());
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    public override bool IsSecretKey(ReadOnlySpan<byte> bytes) =>
        bytes.ContainsAnyExcept((byte)0) && bytes.SequenceCompareTo(Fixed(_domain.N)) < 0;

    public override byte[] PublicKeyOf(byte[] secret) => _domain.G.Multiply(new BigInteger(1, secret)).Normalize().GetEncoded(compressed: true);

    public override IVerifier Verifier(byte[] publicKey)
    {
        var point = _domain.Curve.DecodePoint(publicKey);
        var parameters = new ECParameters
        {
            Curve = _platform,
            Q = new() { X = Fixed(point.AffineXCoord.ToBigInteger()), Y = Fixed(point.AffineYCoord.ToBigInteger()) },
        };
        try
        {
            return new PlatformVerifier(ECDsa.Create(parameters), _highestS);
        }
        catch (PlatformNotSupportedException)
        {
            // macOS has no secp256k1.
            return ManagedVerifier(publicKey);
        }
    }

    /// <summary>Verifies without the platform.</summary>
    internal IVerifier ManagedVerifier(byte[] publicKey) => new LibraryVerifier(new(_domain.Curve.DecodePoint(publicKey), _domain), _highestS);

    public override ISigningKey SigningKey(byte[] secret, byte[] publicKey) =>
        new DeterministicSigningKey(new ECPrivateKeyParameters(new BigInteger(1, secret), _domain), _domain.N, _halfOrder);

    private static byte[] Fixed(BigInteger number)
    {
        var bytes = new byte[FieldLength];
        WriteFixed(number, bytes);
        return bytes;
    }

    private static void WriteFixed(BigInteger number, Span<byte> destination)
    {
        var bytes = number.ToByteArrayUnsigned();
        destination[..(FieldLength - bytes.Length)].Clear();
        bytes.CopyTo(destination[(FieldLength - bytes.Length)..]);
    }

    private sealed class PlatformVerifier(ECDsa key, byte[]? highestS) : IVerifier
    {
        // The platform does not promise that one key object may verify on several threads at once.
        private readonly Lock _lock = new();

        public bool Verify(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
        {
            if (highestS is not null && signature[FieldLength..].SequenceCompareTo(highestS) > 0)
                return false;
            lock (_lock)
                return key.VerifyHash(digest, signature);
        }
    }

    private sealed class LibraryVerifier(ECPublicKeyParameters key, byte[]? highestS) : IVerifier
    {
        public bool Verify(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
        {
            if (highestS is not null && signature[FieldLength..].SequenceCompareTo(highestS) > 0)
                return false;
            var verifier = new ECDsaSigner();
            verifier.Init(forSigning: false, key);
            return verifier.VerifySignature(digest.ToArray(), new(1, signature[..FieldLength].ToArray()), new(1, signature[FieldLength..].ToArray()));
        }
    }

    private sealed class DeterministicSigningKey(ECPrivateKeyParameters key, BigInteger order, BigInteger halfOrder) : ISigningKey
    {
        private readonly ECDsaSigner _signer = Initialized(key);

        public void Sign(ReadOnlySpan<byte> digest, Span<byte> signature)
        {
            var numbers = _signer.GenerateSignature(digest.ToArray());
            var s = numbers[1].CompareTo(halfOrder) > 0 ? order.Subtract(numbers[1]) : numbers[1];
            WriteFixed(numbers[0], signature[..FieldLength]);
            WriteFixed(s, signature[FieldLength..]);
        }

        private static ECDsaSigner Initialized(ECPrivateKeyParameters key)
        {
            var signer = new ECDsaSigner(new HMacDsaKCalculator(new Sha256Digest()));
            signer.Init(forSigning: true, key);
            return signer;
        }
    }
}

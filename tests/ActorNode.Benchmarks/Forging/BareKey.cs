using System.Security.Cryptography;
using ActorNode.Tezos.Keys;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC.Rfc8032;
using PlatformCurve = System.Security.Cryptography.ECCurve;

namespace ActorNode.Benchmarks.Forging;

/// <summary>
/// The libraries' own calls, with nothing around them: what deterministic signatures and verifications cost without this project. Signs
/// with BouncyCastle; verifies ed25519 with it and ECDSA with the platform.
/// </summary>
internal sealed class BareKey : IDisposable
{
    private readonly ECDsaSigner? _signer;
    private readonly ECDsa? _platform;
    private readonly byte[] _publicKey = new byte[Ed25519.PublicKeySize];

    private BareKey(KeyType type)
    {
        Secret = RandomNumberGenerator.GetBytes(32);
        // Below the order of either curve.
        Secret[0] &= 0x7f;
        if (type == KeyType.Ed25519)
        {
            Ed25519.GeneratePublicKey(Secret, 0, _publicKey, 0);
            return;
        }

        var curve = CustomNamedCurves.GetByName(type == KeyType.P256 ? "secp256r1" : "secp256k1");
        _signer = new(new HMacDsaKCalculator(new Sha256Digest()));
        _signer.Init(forSigning: true, new ECPrivateKeyParameters(new BigInteger(1, Secret), new ECDomainParameters(curve.Curve, curve.G, curve.N, curve.H)));
        var point = curve.G.Multiply(new(1, Secret)).Normalize();
        _platform = ECDsa.Create(new ECParameters
        {
            Curve = PlatformCurve.CreateFromFriendlyName(type == KeyType.P256 ? "nistP256" : "secP256k1"),
            Q = new() { X = point.AffineXCoord.GetEncoded(), Y = point.AffineYCoord.GetEncoded() },
        });
    }

    public byte[] Secret { get; }

    public static BareKey Generate(KeyType type) => new(type);

    public byte[] Sign(byte[] digest)
    {
        var signature = new byte[Ed25519.SignatureSize];
        if (_signer is null)
        {
            Ed25519.Sign(Secret, 0, _publicKey, 0, digest, 0, digest.Length, signature, 0);
            return signature;
        }

        var numbers = _signer.GenerateSignature(digest);
        for (var i = 0; i < 2; i++)
        {
            var bytes = numbers[i].ToByteArrayUnsigned();
            bytes.CopyTo(signature, (32 * (i + 1)) - bytes.Length);
        }

        return signature;
    }

    public bool Verify(byte[] digest, byte[] signature) =>
        _platform is null ? Ed25519.Verify(signature, 0, _publicKey, 0, digest, 0, digest.Length) : _platform.VerifyHash(digest, signature);

    public void Dispose() => _platform?.Dispose();
}

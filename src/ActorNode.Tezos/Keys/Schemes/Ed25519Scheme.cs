using ActorNode.Tezos.Codec;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace ActorNode.Tezos.Keys.Schemes;

/// <summary>RFC 8032 over the 32 bytes of the digest as the message.</summary>
internal sealed class Ed25519Scheme : KeyScheme
{
    public override KeyType Type => KeyType.Ed25519;

    public override Base58Prefix PublicKeyPrefix => Base58Prefix.Ed25519PublicKey;

    public override Base58Prefix SecretKeyPrefix => Base58Prefix.Ed25519Seed;

    // The chain takes any 32 bytes as a key; a signature of one that is no point never verifies.
    public override bool IsPublicKey(ReadOnlySpan<byte> bytes) => true;

    public override bool IsSecretKey(ReadOnlySpan<byte> bytes) => true;

    public override byte[] PublicKeyOf(byte[] secret)
    {
        var publicKey = new byte[Ed25519.PublicKeySize];
        Ed25519.GeneratePublicKey(secret, 0, publicKey, 0);
        return publicKey;
    }

    public override IVerifier Verifier(byte[] publicKey) => new Ed25519Verifier(publicKey);

    public override ISigningKey SigningKey(byte[] secret, byte[] publicKey) => new Ed25519SigningKey(secret, publicKey);

    private sealed class Ed25519Verifier(byte[] publicKey) : IVerifier
    {
        public bool Verify(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature) =>
            Ed25519.Verify(signature.ToArray(), 0, publicKey, 0, digest.ToArray(), 0, digest.Length);
    }

    private sealed class Ed25519SigningKey(byte[] secret, byte[] publicKey) : ISigningKey
    {
        private readonly byte[] _signature = new byte[Ed25519.SignatureSize];

        public void Sign(ReadOnlySpan<byte> digest, Span<byte> signature)
        {
            Ed25519.Sign(secret, 0, publicKey, 0, digest.ToArray(), 0, digest.Length, _signature, 0);
            _signature.CopyTo(signature);
        }
    }
}

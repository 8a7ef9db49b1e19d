using ActorNode.Tezos.Codec;

namespace ActorNode.Tezos.Keys.Schemes;

/// <summary>BLS12-381 is read and shown; every computation is refused.</summary>
internal sealed class BlsScheme : KeyScheme
{
    public override KeyType Type => KeyType.Bls12381;

    public override Base58Prefix PublicKeyPrefix => Base58Prefix.BlsPublicKey;

    public override Base58Prefix SecretKeyPrefix => Base58Prefix.BlsSecretKey;

    public override bool IsPublicKey(ReadOnlySpan<byte> bytes) => true;

    public override bool IsSecretKey(ReadOnlySpan<byte> bytes) => bytes.ContainsAnyExcept((byte)0);

    public override byte[] PublicKeyOf(byte[] secret) => throw UnsupportedKeyTypeException.Bls("derive a public key");

    public override IVerifier Verifier(byte[] publicKey) => throw UnsupportedKeyTypeException.Bls("verify");

    public override ISigningKey SigningKey(byte[] secret, byte[] publicKey) => throw UnsupportedKeyTypeException.Bls("sign");

    public override void MustSign(string deed) => throw UnsupportedKeyTypeException.Bls(deed);
}

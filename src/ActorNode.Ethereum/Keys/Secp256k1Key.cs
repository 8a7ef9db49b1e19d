using System.Numerics;
using ActorNode.Ethereum.Words;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math.EC;
using CurveInteger = Org.BouncyCastle.Math.BigInteger;

namespace ActorNode.Ethereum.Keys;

/// <summary>
/// A private key of an account. Signs with the nonce of RFC 6979 and the lower S, so that the same digest has one signature. Thread-safe. Shows
/// its secret nowhere.
/// </summary>
public sealed class Secp256k1Key
{
    /// <summary>Bytes of a secret.</summary>
    public const int SecretLength = 32;

    /// <summary>Bytes of a signature: R, S, and the recovery id.</summary>
    public const int SignatureLength = 65;

    private static readonly ECDomainParameters Domain = OfCurve();
    private static readonly CurveInteger HalfOrder = Domain.N.ShiftRight(1);

    private readonly ECPrivateKeyParameters _secret;
    private readonly ECPoint _public;

    /// <param name="secret">32 bytes, the number that they are between 1 and the order of the curve. They are copied.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public Secp256k1Key(ReadOnlySpan<byte> secret)
    {
        var number = new CurveInteger(1, secret.ToArray());
        if (secret.Length != SecretLength || number.SignValue == 0 || number.CompareTo(Domain.N) >= 0)
            throw new ArgumentException("the bytes are no secret of secp256k1", nameof(secret));
        _secret = new ECPrivateKeyParameters(number, Domain);
        _public = Domain.G.Multiply(number).Normalize();
        Address = AddressOf(_public);
    }

    /// <summary>The account.</summary>
    public EthereumAddress Address { get; }

    /// <summary>R and S, 32 bytes each, and which of both possible points R is of: 0 or 1.</summary>
    public byte[] Sign(ReadOnlySpan<byte> digest)
    {
        var signer = new ECDsaSigner(new HMacDsaKCalculator(new Sha256Digest()));
        signer.Init(forSigning: true, _secret);
        var numbers = signer.GenerateSignature(digest.ToArray());
        var (r, s) = (numbers[0], numbers[1].CompareTo(HalfOrder) > 0 ? Domain.N.Subtract(numbers[1]) : numbers[1]);
        var hash = new CurveInteger(1, digest.ToArray());
        for (byte id = 0; id < 2; id++)
        {
            if (Recover(hash, r, s, id) is { } signedBy && signedBy.Equals(_public))
                return [.. Fixed(r), .. Fixed(s), id];
        }

        // R is beyond the order of the curve, once in 2^127 digests.
        throw new InvalidOperationException("the signature has no recovery id of 0 or 1");
    }

    /// <summary>The account that signed a digest; null where nobody can have.</summary>
    public static EthereumAddress? Recover(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureLength || signature[^1] > 1)
            return null;
        var (r, s) = (new CurveInteger(1, signature[..32].ToArray()), new CurveInteger(1, signature[32..64].ToArray()));
        if (r.SignValue == 0 || s.SignValue == 0 || r.CompareTo(Domain.N) >= 0 || s.CompareTo(Domain.N) >= 0)
            return null;
        return Recover(new CurveInteger(1, digest.ToArray()), r, s, signature[^1]) is { } point ? AddressOf(point) : null;
    }

    /// <summary>Without the secret.</summary>
    public override string ToString() => Address.ToString();

    private static ECPoint? Recover(CurveInteger hash, CurveInteger r, CurveInteger s, byte id)
    {
        ECPoint point;
        try
        {
            point = Domain.Curve.DecodePoint([(byte)(2 + id), .. Fixed(r)]);
        }
        catch (ArgumentException)
        {
            // No point of the curve has this coordinate.
            return null;
        }

        var inverse = r.ModInverse(Domain.N);
        var sum = ECAlgorithms.SumOfTwoMultiplies(
            point, s.Multiply(inverse).Mod(Domain.N), Domain.G, hash.Negate().Multiply(inverse).Mod(Domain.N)).Normalize();
        return sum.IsInfinity ? null : sum;
    }

    private static EthereumAddress AddressOf(ECPoint point) =>
        EthereumAddress.OfWord(Keccak256.Hash(point.GetEncoded(compressed: false)[1..]));

    private static byte[] Fixed(CurveInteger number) => EvmWord.OfUnsigned(new BigInteger(number.ToByteArrayUnsigned(), isUnsigned: true, isBigEndian: true));

    private static ECDomainParameters OfCurve()
    {
        // The custom curves are the library's fast ones.
        var parameters = CustomNamedCurves.GetByName("secp256k1");
        return new ECDomainParameters(parameters.Curve, parameters.G, parameters.N, parameters.H);
    }
}

using Org.BouncyCastle.Crypto.Digests;

namespace ActorNode.Ethereum.Words;

/// <summary>The hash of Ethereum: Keccak with 256 bits as it was before SHA-3 changed the padding.</summary>
public static class Keccak256
{
    /// <summary>Bytes of a hash.</summary>
    public const int Length = 32;

    /// <summary>The hash of the parts, one after the other.</summary>
    public static byte[] Hash(params ReadOnlySpan<byte[]> parts)
    {
        var digest = new KeccakDigest(8 * Length);
        foreach (var part in parts)
            digest.BlockUpdate(part, 0, part.Length);
        var hash = new byte[Length];
        digest.DoFinal(hash, 0);
        return hash;
    }
}

using System.Buffers;
using Org.BouncyCastle.Crypto.Digests;

namespace ActorNode.Tezos.Hashes;

/// <summary>The chain's hash function. From any thread. Not for secrets: buffers go back to a pool as they are.</summary>
public static class Blake2b
{
    [ThreadStatic]
    private static Blake2bDigest? _digest256;

    [ThreadStatic]
    private static Blake2bDigest? _digest160;

    /// <summary>32 bytes: blocks, operations, everything that is signed.</summary>
    public static Hash32 Hash256(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Hash32.Length];
        Hash(_digest256 ??= new Blake2bDigest(256), bytes, hash);
        return new Hash32(hash);
    }

    /// <summary>20 bytes: public keys.</summary>
    public static byte[] Hash160(ReadOnlySpan<byte> bytes)
    {
        var hash = new byte[20];
        Hash(_digest160 ??= new Blake2bDigest(160), bytes, hash);
        return hash;
    }

    private static void Hash(Blake2bDigest digest, ReadOnlySpan<byte> bytes, Span<byte> hash)
    {
        // The digest takes arrays only; one rented array serves for input and output.
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(bytes.Length, hash.Length));
        bytes.CopyTo(buffer);
        digest.BlockUpdate(buffer, 0, bytes.Length);
        digest.DoFinal(buffer, 0);
        buffer.AsSpan(0, hash.Length).CopyTo(hash);
        ArrayPool<byte>.Shared.Return(buffer);
    }
}

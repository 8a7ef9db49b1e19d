using System.Buffers.Binary;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Keys;

namespace ActorNode.Tezos.Chain;

/// <summary>
/// The small work that a block header proves, so that making many costs something: the first eight bytes of the hash of the header, with zeros
/// for its signature, are a number that may not be above a threshold.
/// </summary>
public static class ProofOfWork
{
    /// <summary>Whether the header proves the work.</summary>
    public static bool IsProven(BlockHeader header, ulong threshold)
    {
        ArgumentNullException.ThrowIfNull(header);
        return StampOf(Unsigned(header)) <= threshold;
    }

    /// <summary>The header with the first nonce that proves the work. Takes as long as the threshold is low.</summary>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static BlockHeader Prove(BlockHeader header, ulong threshold, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(header);
        var bytes = Unsigned(header);
        var nonce = bytes.AsSpan(header.Shell.EncodedLength + Hash32.Length + 4, 8);
        for (var tried = 0UL; ; tried++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            BinaryPrimitives.WriteUInt64BigEndian(nonce, tried);
            if (StampOf(bytes) <= threshold)
                return header with { ProtocolData = header.ProtocolData with { ProofOfWorkNonce = tried } };
        }
    }

    private static byte[] Unsigned(BlockHeader header) => [.. header.Encode(), .. new byte[Signature.Length]];

    private static ulong StampOf(ReadOnlySpan<byte> header)
    {
        Span<byte> hash = stackalloc byte[Hash32.Length];
        Blake2b.Hash256(header).CopyTo(hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}

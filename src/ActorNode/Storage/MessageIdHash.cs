using System.Buffers.Binary;
using System.Security.Cryptography;
using ActorNode.Protocol.Messages;

namespace ActorNode.Storage;

/// <summary>
/// Where a message's id stands in the id index: eight bytes for ids of any length, and of any account, spread evenly. Different ids may
/// share one, so whoever finds an entry compares the message's own id. Part of the stored format.
/// </summary>
internal static class MessageIdHash
{
    /// <summary>The first eight bytes, little-endian, of SHA-256 over the account's number, little-endian, and the id in UTF-8.</summary>
    public static long Of(long account, ReadOnlySpan<byte> id)
    {
        Span<byte> input = stackalloc byte[sizeof(long) + TextRule.MaxBytes];
        if (input.Length < sizeof(long) + id.Length)
            input = new byte[sizeof(long) + id.Length];
        BinaryPrimitives.WriteInt64LittleEndian(input, account);
        id.CopyTo(input[sizeof(long)..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..(sizeof(long) + id.Length)], hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }
}

using System.Buffers.Binary;
using System.Numerics;
using ActorNode.Ethereum.Words;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Ethereum.Agreements;

/// <summary>The terms of an agreement as the bytes that contracts hash.</summary>
internal static class EncumbranceAbi
{
    /// <summary>The low half of the first second of the year 1, counted from 1970: what the original writes for no time.</summary>
    private const uint NoTime = 0x886e0900;

    /// <summary>Payment, expiration, end in seconds since 1970 in four bytes, and each oracle.</summary>
    /// <exception cref="FormatException">A number has no such form.</exception>
    public static byte[] Encode(Encumbrance terms)
    {
        var payment = terms.Payment?.Value ?? BigInteger.Zero;
        var bytes = new byte[2 * EvmWord.Length + sizeof(uint) + terms.Oracles.Length * EvmWord.Length];
        try
        {
            EvmWord.OfUnsigned(payment).CopyTo(bytes, 0);
        }
        catch (OverflowException wrong)
        {
            throw new FormatException($"payment: {wrong.Message}", wrong);
        }

        EvmWord.OfUnsigned(terms.Expiration).CopyTo(bytes, EvmWord.Length);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(2 * EvmWord.Length), Seconds(terms.EndAt));
        for (var i = 0; i < terms.Oracles.Length; i++)
            EthereumAddress.Parse(terms.Oracles[i]).ToWord().CopyTo(bytes, (2 + i) * EvmWord.Length + sizeof(uint));
        return bytes;
    }

    private static uint Seconds(DateTimeOffset? time)
    {
        if (time is not { } endAt)
            return NoTime;
        var seconds = endAt.ToUnixTimeSeconds();
        return seconds is >= 0 and <= uint.MaxValue
            ? (uint)seconds
            : throw new FormatException("endAt: must be from 1970-01-01T00:00:00Z to 2106-02-07T06:28:15Z");
    }
}

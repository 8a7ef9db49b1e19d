using System.Numerics;

namespace ActorNode.Tezos.Codec;

/// <summary>Natural numbers of any size: groups of seven bits, the lowest first, the high bit set in all bytes but the last.</summary>
internal static class Natural
{
    /// <summary>Room for a bitset of thousands of slots, and little enough to compute with.</summary>
    public const int LongestEncoding = 1024;

    public static byte[] Encode(BigInteger value, string field)
    {
        if (value.Sign < 0)
            throw new TezosFormatException($"{field}: must not be negative");
        var bits = (long)value.GetBitLength();
        if (bits > LongestEncoding * 7)
            throw new TezosFormatException($"{field}: {bits} bits, must be {LongestEncoding * 7} at most");
        var bytes = new byte[Math.Max(1, (bits + 6) / 7)];
        for (var i = 0; i < bytes.Length; i++, value >>= 7)
            bytes[i] = (byte)((int)(value & 0x7f) | (i < bytes.Length - 1 ? 0x80 : 0));
        return bytes;
    }

    public static BigInteger Read(ref ByteReader reader, string field)
    {
        var at = reader.Offset;
        var value = BigInteger.Zero;
        for (var i = 0; i < LongestEncoding; i++)
        {
            var group = reader.Byte(field);
            value |= (BigInteger)(group & 0x7f) << (7 * i);
            if (group >= 0x80)
                continue;
            // The one encoding of a number has no empty groups at its end.
            return group != 0 || i == 0 ? value : throw new TezosFormatException($"{field}: the number at offset {at} ends with an empty group");
        }

        throw new TezosFormatException($"{field}: the number at offset {at} is longer than {LongestEncoding} bytes");
    }
}

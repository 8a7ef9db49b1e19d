using System.Numerics;

namespace ActorNode.Ethereum.Words;

/// <summary>Values as the 32 bytes, big endian, in which contracts take them.</summary>
public static class EvmWord
{
    /// <summary>Bytes of a word.</summary>
    public const int Length = 32;

    private static readonly BigInteger UnsignedLimit = BigInteger.One << (8 * Length);
    private static readonly BigInteger SignedLimit = BigInteger.One << (8 * Length - 1);

    /// <summary>0 or 1.</summary>
    public static byte[] Of(bool value) => OfUnsigned(value ? BigInteger.One : BigInteger.Zero);

    /// <summary>A uint256.</summary>
    /// <exception cref="OverflowException">It is negative or takes more than 256 bits.</exception>
    public static byte[] OfUnsigned(BigInteger value)
    {
        if (value.Sign < 0)
            throw new OverflowException($"{value} cannot be represented as uint256");
        if (value >= UnsignedLimit)
            throw new OverflowException($"Overflow saving big.Int to EVM word: {value}");
        return Write(value);
    }

    /// <summary>An int256 in two's complement. As in the original its magnitude has at most 255 bits, so the lowest int256 is none of them.</summary>
    /// <exception cref="OverflowException">It takes more.</exception>
    public static byte[] OfSigned(BigInteger value)
    {
        if (BigInteger.Abs(value) >= SignedLimit)
            throw new OverflowException($"Overflow saving signed big.Int to EVM word: {value}");
        return Write(value.Sign < 0 ? value + UnsignedLimit : value);
    }

    /// <summary>The first 32 of the bytes; fewer are followed by zeros.</summary>
    public static byte[] OfBytes(ReadOnlySpan<byte> bytes)
    {
        var word = new byte[Length];
        bytes[..Math.Min(bytes.Length, Length)].CopyTo(word);
        return word;
    }

    /// <summary>The last 32 of the bytes; fewer follow zeros.</summary>
    public static byte[] OfLastBytes(ReadOnlySpan<byte> bytes)
    {
        var word = new byte[Length];
        var last = bytes[Math.Max(0, bytes.Length - Length)..];
        last.CopyTo(word.AsSpan(Length - last.Length));
        return word;
    }

    /// <summary>The uint256 that a word is.</summary>
    public static BigInteger ReadUnsigned(ReadOnlySpan<byte> word) => new(word, isUnsigned: true, isBigEndian: true);

    private static byte[] Write(BigInteger value)
    {
        var word = new byte[Length];
        value.TryWriteBytes(word.AsSpan(Length - value.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        return word;
    }
}

using System.Runtime.Intrinsics;
using ActorNode.Tezos.Codec;

namespace ActorNode.Tezos.Hashes;

/// <summary>32 bytes, compared by value.</summary>
public readonly struct Hash32 : IEquatable<Hash32>
{
    public const int Length = 32;

    private readonly Vector256<byte> _bytes;

    /// <exception cref="TezosFormatException">There are not 32 bytes.</exception>
    public Hash32(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
            throw new TezosFormatException($"hash: {bytes.Length} bytes, must be {Length}");
        _bytes = Vector256.Create(bytes);
    }

    public void CopyTo(Span<byte> destination) => _bytes.CopyTo(destination);

    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    public bool Equals(Hash32 other) => _bytes == other._bytes;

    public override bool Equals(object? obj) => obj is Hash32 other && Equals(other);

    public override int GetHashCode() => _bytes.GetHashCode();

    public static bool operator ==(Hash32 left, Hash32 right) => left.Equals(right);

    public static bool operator !=(Hash32 left, Hash32 right) => !left.Equals(right);

    /// <summary>Lower-case hexadecimal.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToArray());
}

using System.Security.Cryptography;

namespace ActorNode.Tezos.Codec;

/// <summary>
/// Base58 of a prefix, data and the first four bytes of their double SHA-256. Errors never repeat the text, and buffers are cleared: it
/// may be a secret key.
/// </summary>
public static class Base58Check
{
    private const int ChecksumLength = 4;

    /// <summary>The longest known text has 142 letters; decoding takes time by the square of the length.</summary>
    private const int LongestText = 160;

    /// <summary>The text of data. Its length must be the prefix's.</summary>
    public static string Encode(Base58Prefix prefix, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (data.Length != prefix.DataLength)
            throw new TezosFormatException($"{prefix.Name}: {data.Length} bytes, must be {prefix.DataLength}");
        var length = prefix.Bytes.Length + data.Length;
        Span<byte> bytes = stackalloc byte[length + ChecksumLength];
        prefix.Bytes.CopyTo(bytes);
        data.CopyTo(bytes[prefix.Bytes.Length..]);
        Checksum(bytes[..length], bytes[length..]);
        var text = Base58.Encode(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return text;
    }

    /// <summary>The data of text that must begin with one of the prefixes. <paramref name="field"/> is what errors call it.</summary>
    /// <exception cref="TezosFormatException">The text is none of these.</exception>
    public static (Base58Prefix Prefix, byte[] Data) Decode(string text, string field, params ReadOnlySpan<Base58Prefix> allowed)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (prefix, data) = DecodeAny(text, field);
        foreach (var each in allowed)
            if (each == prefix)
                return (prefix, data);
        CryptographicOperations.ZeroMemory(data);
        throw new TezosFormatException($"{field}: must be {Either(allowed)}, got {Article(prefix.Name)} ({prefix.Text}...)");
    }

    /// <summary>The data of text with one prefix.</summary>
    /// <exception cref="TezosFormatException">The text is something else.</exception>
    public static byte[] Decode(Base58Prefix prefix, string text)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return Decode(text, prefix.Name, prefix).Data;
    }

    private static (Base58Prefix, byte[]) DecodeAny(string text, string field)
    {
        if (text.Length is 0 or > LongestText)
            throw new TezosFormatException($"{field}: {text.Length} characters, must be 1 to {LongestText}");
        // Base58 never grows when decoded.
        Span<byte> bytes = stackalloc byte[LongestText];
        try
        {
            if (!Base58.TryDecode(text, bytes, out var decoded))
                throw new TezosFormatException($"{field}: has a character that base58 does not use");
            if (decoded <= ChecksumLength)
                throw new TezosFormatException($"{field}: too short for a base58 checksum");
            var content = bytes[..(decoded - ChecksumLength)];
            Span<byte> checksum = stackalloc byte[ChecksumLength];
            Checksum(content, checksum);
            if (!checksum.SequenceEqual(bytes[content.Length..decoded]))
                throw new TezosFormatException($"{field}: its base58 checksum is wrong; a character was changed or lost");
            foreach (var prefix in Base58Prefix.All)
                if (prefix.Fits(content))
                    return (prefix, content[prefix.Bytes.Length..].ToArray());
            throw new TezosFormatException($"{field}: its base58 prefix or length is none that is known");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static void Checksum(ReadOnlySpan<byte> content, Span<byte> checksum)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        SHA256.HashData(hash, hash);
        hash[..ChecksumLength].CopyTo(checksum);
    }

    private static string Either(ReadOnlySpan<Base58Prefix> allowed)
    {
        var names = new List<string>(allowed.Length);
        foreach (var each in allowed)
            if (!names.Contains(each.Text + "..."))
                names.Add(each.Text + "...");
        return string.Join(" or ", names);
    }

    private static string Article(string name) => ("aeiou".Contains(name[0], StringComparison.Ordinal) ? "an " : "a ") + name;
}

using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ActorNode.Tezos.Codec;

/// <summary>
/// Base58 of short byte strings. Works on five letters and four bytes at a time, since a signature's text must not cost what the
/// signature costs. Buffers are cleared: they may hold a secret.
/// </summary>
internal static class Base58
{
    private const string Letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private const int LettersAtOnce = 5;
    private const int BytesAtOnce = 4;
    private const uint ValuesAtOnce = 58 * 58 * 58 * 58 * 58;

    private static readonly sbyte[] Values = ValuesOfLetters();

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var zeros = bytes.IndexOfAnyExcept((byte)0) is >= 0 and var first ? first : bytes.Length;
        var number = bytes[zeros..];
        // A byte needs 1.37 letters; a group holds five. The lowest group comes first.
        Span<uint> groups = stackalloc uint[(number.Length * 7 / 25) + 2];
        var used = 0;
        for (int at = 0, take = ((number.Length + BytesAtOnce - 1) % BytesAtOnce) + 1; at < number.Length; at += take, take = BytesAtOnce)
        {
            ulong carry = 0;
            foreach (var each in number.Slice(at, take))
                carry = (carry << 8) | each;
            for (var i = 0; i < used; i++)
            {
                carry += (ulong)groups[i] << 32;
                groups[i] = (uint)(carry % ValuesAtOnce);
                carry /= ValuesAtOnce;
            }

            for (; carry > 0; carry /= ValuesAtOnce)
                groups[used++] = (uint)(carry % ValuesAtOnce);
        }

        Span<char> text = stackalloc char[zeros + (used * LettersAtOnce)];
        var start = text.Length;
        for (var i = 0; i < used; i++)
            for (var (letters, group) = (0, groups[i]); letters < LettersAtOnce && (group > 0 || i < used - 1); letters++, group /= 58)
                text[--start] = Letters[(int)(group % 58)];
        for (var i = 0; i < zeros; i++)
            text[--start] = Letters[0];
        var encoded = text[start..].ToString();
        groups.Clear();
        text.Clear();
        return encoded;
    }

    /// <summary>False when a letter is none of base58 or the bytes do not fit; they always do where there is a byte for each letter.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination, out int written)
    {
        var zeros = text.IndexOfAnyExcept(Letters[0]) is >= 0 and var first ? first : text.Length;
        var number = text[zeros..];
        written = 0;
        // A letter gives less than three quarters of a byte; the lowest word comes first.
        Span<uint> words = stackalloc uint[(number.Length * 3 / 16) + 2];
        var used = 0;
        for (int at = 0, take = ((number.Length + LettersAtOnce - 1) % LettersAtOnce) + 1; at < number.Length; at += take, take = LettersAtOnce)
        {
            ulong carry = 0;
            foreach (var letter in number.Slice(at, take))
            {
                if (letter >= Values.Length || Values[letter] < 0)
                    return false;
                carry = (carry * 58) + (uint)Values[letter];
            }

            for (var i = 0; i < used; i++)
            {
                carry += (ulong)words[i] * ValuesAtOnce;
                words[i] = (uint)carry;
                carry >>= 32;
            }

            if (carry > 0)
                words[used++] = (uint)carry;
        }

        Span<byte> bytes = stackalloc byte[used * BytesAtOnce];
        for (var i = 0; i < used; i++)
            BinaryPrimitives.WriteUInt32BigEndian(bytes[((used - 1 - i) * BytesAtOnce)..], words[i]);
        var content = bytes.TrimStart((byte)0);
        var fits = zeros + content.Length <= destination.Length;
        if (fits)
        {
            destination[..zeros].Clear();
            content.CopyTo(destination[zeros..]);
            written = zeros + content.Length;
        }

        words.Clear();
        CryptographicOperations.ZeroMemory(bytes);
        return fits;
    }

    private static sbyte[] ValuesOfLetters()
    {
        var values = new sbyte[128];
        Array.Fill(values, (sbyte)-1);
        for (var i = 0; i < Letters.Length; i++)
            values[Letters[i]] = (sbyte)i;
        return values;
    }
}

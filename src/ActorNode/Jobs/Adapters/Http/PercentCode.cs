using System.Buffers;
using System.Globalization;
using System.Text;

namespace ActorNode.Jobs.Adapters.Http;

/// <summary>
/// Percent encoding of parts of an address. Decoded parts are bytes, one a character (Latin-1): a server may mean any, not only UTF-8.
/// </summary>
internal static class PercentCode
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";

    /// <summary>What a path holds as it is.</summary>
    public static readonly SearchValues<char> PathCharacters = SearchValues.Create(Unreserved + "$&+,/:;=@");

    /// <summary>What a key or a value of a query holds as it is.</summary>
    public static readonly SearchValues<char> QueryCharacters = SearchValues.Create(Unreserved);

    /// <summary>The bytes of a text, one a character.</summary>
    public static string Bytes(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>The bytes that are meant, one a character; null where a percent sign begins no code.</summary>
    public static string? Decode(string text, bool plusIsSpace)
    {
        var bytes = Bytes(text);
        if (!bytes.AsSpan().ContainsAny('%', '+'))
            return bytes;
        var decoded = new StringBuilder(bytes.Length);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '%')
            {
                if (i + 2 >= bytes.Length || !byte.TryParse(bytes.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                    return null;
                decoded.Append((char)code);
                i += 2;
            }
            else
            {
                decoded.Append(plusIsSpace && bytes[i] == '+' ? ' ' : bytes[i]);
            }
        }

        return decoded.ToString();
    }

    /// <summary>The code of bytes. <paramref name="plain"/> stand for themselves.</summary>
    public static string Encode(string bytes, SearchValues<char> plain, bool spaceIsPlus)
    {
        if (!bytes.AsSpan().ContainsAnyExcept(plain))
            return bytes;
        var encoded = new StringBuilder(bytes.Length + 16);
        foreach (var c in bytes)
        {
            if (plain.Contains(c))
                encoded.Append(c);
            else if (spaceIsPlus && c == ' ')
                encoded.Append('+');
            else
                encoded.Append(CultureInfo.InvariantCulture, $"%{(int)c:X2}");
        }

        return encoded.ToString();
    }
}

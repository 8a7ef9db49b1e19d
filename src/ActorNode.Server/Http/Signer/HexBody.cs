using System.Buffers;

namespace ActorNode.Server.Http.Signer;

/// <summary>Reads the body of a request to sign: a JSON string of hexadecimal digits, two a byte.</summary>
internal static class HexBody
{
    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    /// <exception cref="SignerRefusal">It is something else; the message tells where, never what.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> body)
    {
        var text = body.Trim(" \t\r\n"u8);
        if (text.Length < 2 || text[0] != '"' || text[^1] != '"')
            throw SignerRefusal.Bad("body: must be a JSON string of hexadecimal digits");
        var hex = text[1..^1];
        if (hex.IsEmpty)
            throw SignerRefusal.Bad("body: is an empty string; there is nothing to sign");
        if (hex.IndexOfAnyExcept(Digits) is >= 0 and var wrong)
            throw SignerRefusal.Bad($"body: the character at position {wrong} of the string is no hexadecimal digit");
        if (hex.Length % 2 != 0)
            throw SignerRefusal.Bad($"body: has an odd number of hexadecimal digits ({hex.Length})");
        var bytes = new byte[hex.Length / 2];
        Convert.FromHexString(hex, bytes, out _, out _);
        return bytes;
    }
}

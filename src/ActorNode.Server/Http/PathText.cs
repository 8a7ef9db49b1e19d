using System.Text;

namespace ActorNode.Server.Http;

/// <summary>Percent-decoding of one path segment, strictly: what is not valid is refused, never passed on as it is.</summary>
internal static class PathText
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text of a segment; the problem is in words that follow the field's name.</summary>
    public static string? TryDecode(string segment, out string text)
    {
        text = segment;
        if (!segment.Contains('%'))
            return null;
        var bytes = new byte[StrictUtf8.GetMaxByteCount(segment.Length)];
        var length = 0;
        for (var i = 0; i < segment.Length; i++)
        {
            if (segment[i] == '%')
            {
                if (i + 2 >= segment.Length || !char.IsAsciiHexDigit(segment[i + 1]) || !char.IsAsciiHexDigit(segment[i + 2]))
                    return $"has a broken percent escape at position {i}";
                bytes[length++] = Convert.FromHexString(segment.AsSpan(i + 1, 2))[0];
                i += 2;
            }
            else if (char.IsAscii(segment[i]))
            {
                bytes[length++] = (byte)segment[i];
            }
            else
            {
                return $"has a character at position {i} that must be percent-encoded";
            }
        }

        try
        {
            text = StrictUtf8.GetString(bytes.AsSpan(0, length));
            return null;
        }
        catch (DecoderFallbackException)
        {
            return "is not valid UTF-8 once its percent escapes are decoded";
        }
    }
}

using System.Text;

namespace ActorNode.Protocol.Messages;

/// <summary>
/// The rule that account and message ids obey, so that every id survives a round trip through UTF-8, both databases, a URL and an
/// actor's name.
/// </summary>
public static class TextRule
{
    /// <summary>The longest id, in bytes of UTF-8.</summary>
    public const int MaxBytes = 256;

    /// <summary>What is wrong with an id, in words that follow the field's name ("is empty"), or null when it is valid.</summary>
    public static string? Problem(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "is empty";
        // A char is at most three bytes, so most ids need no count.
        if (text.Length > MaxBytes || (text.Length > MaxBytes / 3 && Encoding.UTF8.GetByteCount(text) > MaxBytes))
            return $"is longer than {MaxBytes} bytes";
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsControl(c))
                return $"has a control character at position {i}";
            if (!char.IsSurrogate(c))
                continue;
            if (!char.IsHighSurrogate(c) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
                return $"has half a surrogate pair at position {i}";
            i++;
        }

        return null;
    }
}

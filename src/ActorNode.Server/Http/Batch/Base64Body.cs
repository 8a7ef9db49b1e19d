using System.Buffers;
using System.Buffers.Text;

namespace ActorNode.Server.Http.Batch;

/// <summary>
/// Base64 as RFC 4648 section 4 writes it, and nothing else: no white space, padded, unused bits zero. So a body has one spelling, and
/// what was accepted reads back as it was sent.
/// </summary>
internal static class Base64Body
{
    /// <summary>The length that <paramref name="text"/> decodes to, if it is base64 at all.</summary>
    public static int DecodedLength(ReadOnlySpan<byte> text) =>
        text.Length / 4 * 3 - (text.EndsWith("=="u8) ? 2 : text.EndsWith("="u8) ? 1 : 0);

    /// <summary>Decodes into an array of its own.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, out byte[] body)
    {
        body = [];
        if (text.IsEmpty)
            return true;
        if (text.Length % 4 != 0 || !HasNoUnusedBits(text))
            return false;
        var bytes = GC.AllocateUninitializedArray<byte>(DecodedLength(text));
        // The decoder skips white space; then it comes out shorter than the length says.
        if (Base64.DecodeFromUtf8(text, bytes, out _, out var written) != OperationStatus.Done || written != bytes.Length)
            return false;
        body = bytes;
        return true;
    }

    private static bool HasNoUnusedBits(ReadOnlySpan<byte> text)
    {
        if (text[^1] != '=')
            return true;
        return text[^2] == '='
            ? text[^3] is (byte)'A' or (byte)'Q' or (byte)'g' or (byte)'w'
            : "AEIMQUYcgkosw048"u8.Contains(text[^2]);
    }
}

namespace ActorNode.Ethereum.Words;

/// <summary>Bytes as text: 0x and two digits a byte, written in lower case, read in any.</summary>
internal static class Hex
{
    public static string Encode(ReadOnlySpan<byte> bytes) => string.Concat("0x", Convert.ToHexStringLower(bytes));

    public static bool HasPrefix(ReadOnlySpan<char> text) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whole bytes behind 0x.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        if (!HasPrefix(text) || text.Length % 2 != 0)
            return false;
        var digits = text[2..];
        bytes = new byte[digits.Length / 2];
        return Convert.FromHexString(digits, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
    }
}

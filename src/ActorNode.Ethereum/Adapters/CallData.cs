using System.Text;
using System.Text.Json;
using ActorNode.Ethereum.Words;

namespace ActorNode.Ethereum.Adapters;

/// <summary>What an ethtx task sends: selector, prefix, and the result in the task's format.</summary>
internal static class CallData
{
    /// <exception cref="FormatException">The result has no such form, or there is no such format.</exception>
    /// <exception cref="OverflowException">It does not fit a word.</exception>
    public static byte[] Build(EthTxParameters parameters, JsonElement result) =>
        [.. parameters.Selector.Span, .. parameters.Prefix.Span, .. Payload(parameters, result)];

    private static byte[] Payload(EthTxParameters parameters, JsonElement result) => parameters.Format switch
    {
        "" => Plain(result),
        "bytes" => Dynamic(Bytes(result), parameters.Prefix.Length > 0),
        "uint256" => Dynamic(JsonWords.Unsigned(result), parameters.Prefix.Length > 0),
        "int256" => Dynamic(JsonWords.Signed(result), parameters.Prefix.Length > 0),
        "bool" => Dynamic(JsonWords.Truth(result), parameters.Prefix.Length > 0),
        var other => throw new FormatException($"unsupported format: {(other.Length <= 100 ? other : other[..100] + "...")}"),
    };

    /// <summary>Hexadecimal text as one word, its end where it is longer. What is no text is zero.</summary>
    private static byte[] Plain(JsonElement result)
    {
        if (result.ValueKind != JsonValueKind.String)
            return new byte[EvmWord.Length];
        var text = result.GetString()!;
        var digits = Hex.HasPrefix(text) ? text[2..] : text;
        // The original sends whatever digits come before the first other character, and pays for it.
        return Hex.TryDecode($"0x{(digits.Length % 2 == 0 ? "" : "0")}{digits}", out var bytes)
            ? EvmWord.OfLastBytes(bytes)
            : throw new FormatException("the result is no hexadecimal text: a task before ethtx, or its format, must make it one");
    }

    private static byte[] Bytes(JsonElement result) => result.ValueKind switch
    {
        JsonValueKind.String => Encoding.UTF8.GetBytes(result.GetString()!),
        JsonValueKind.True => EvmWord.Of(true),
        JsonValueKind.False => EvmWord.Of(false),
        JsonValueKind.Number => JsonWords.Signed(result),
        _ => throw JsonWords.Unsupported(result),
    };

    /// <summary>Bytes as the last argument: where they begin, how many they are, and they, filled up to words.</summary>
    private static byte[] Dynamic(byte[] bytes, bool hasPrefix)
    {
        var padded = (bytes.Length + EvmWord.Length - 1) / EvmWord.Length * EvmWord.Length;
        var payload = new byte[2 * EvmWord.Length + padded];
        // The prefix counts as one word, however long it is: contracts of this kind take a request's id and then the bytes.
        EvmWord.OfUnsigned(hasPrefix ? 2 * EvmWord.Length : EvmWord.Length).CopyTo(payload, 0);
        EvmWord.OfUnsigned(bytes.Length).CopyTo(payload, EvmWord.Length);
        bytes.CopyTo(payload, 2 * EvmWord.Length);
        return payload;
    }
}

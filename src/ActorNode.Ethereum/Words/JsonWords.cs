using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace ActorNode.Ethereum.Words;

/// <summary>JSON values as words, by the rules of the eth adapters.</summary>
internal static class JsonWords
{
    // A word has 78 digits; more than this is garbage, not a number with some zeros before it.
    private const int MaxNumberLength = 1000;

    /// <summary>The text of the value in UTF-8, cut off or followed by zeros.</summary>
    public static byte[] Bytes32(JsonElement value) => EvmWord.OfBytes(Encoding.UTF8.GetBytes(value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => "",
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => DecimalText.Of(value.GetRawText()).Plain(EvmWord.Length),
        _ => value.GetRawText(),
    }));

    /// <summary>False, null and nothing are 0; all else is 1.</summary>
    public static byte[] Presence(JsonElement value) =>
        EvmWord.Of(value.ValueKind is not (JsonValueKind.False or JsonValueKind.Null or JsonValueKind.Undefined));

    /// <summary>What is empty or zero is 0; all else is 1.</summary>
    public static byte[] Truth(JsonElement value) => EvmWord.Of(value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.String => !value.ValueEquals(""),
        JsonValueKind.Number => !DecimalText.Of(value.GetRawText()).IsZero,
        JsonValueKind.Object => value.EnumerateObject().MoveNext(),
        JsonValueKind.Array => value.GetArrayLength() > 0,
        _ => false,
    });

    /// <exception cref="OverflowException">It does not fit.</exception>
    /// <exception cref="FormatException">It is no number.</exception>
    public static byte[] Signed(JsonElement value) => EvmWord.OfSigned(Integer(value));

    /// <exception cref="OverflowException">It does not fit.</exception>
    /// <exception cref="FormatException">It is no number.</exception>
    public static byte[] Unsigned(JsonElement value) => EvmWord.OfUnsigned(Integer(value));

    public static FormatException Unsupported(JsonElement value) => new($"unsupported encoding for value: {value.ValueKind switch
    {
        JsonValueKind.True => "True",
        JsonValueKind.False => "False",
        JsonValueKind.Null or JsonValueKind.Undefined => "Null",
        JsonValueKind.String => "String",
        JsonValueKind.Number => "Number",
        _ => "JSON",
    }}");

    private static BigInteger Integer(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => BigInteger.Zero,
        JsonValueKind.Number => DecimalText.Of(value.GetRawText()).Truncate(),
        JsonValueKind.String => Integer(value.GetString()!),
        _ => throw Unsupported(value),
    };

    private static BigInteger Integer(string text)
    {
        if (text.Length > MaxNumberLength)
            throw new FormatException($"error parsing a number of {text.Length} characters");
        if (Hex.HasPrefix(text))
        {
            // A zero before the digits: the first of them is no sign.
            return BigInteger.TryParse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex)
                ? hex
                : throw new FormatException($"error parsing hex {text}");
        }

        if (BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
            return integer;
        const NumberStyles Float = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? new BigInteger(Math.Round(number, MidpointRounding.ToEven))
            : throw new FormatException($"error parsing decimal {text}");
    }
}

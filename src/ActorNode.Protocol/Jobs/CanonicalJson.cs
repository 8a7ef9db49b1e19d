using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ActorNode.Protocol.Jobs;

/// <summary>
/// JSON text in the one form that Go's encoder gives it: keys sorted by their bytes, <c>&lt;</c>, <c>&gt;</c>, <c>&amp;</c> and line separators
/// escaped, numbers as doubles print there. A number that a double would change keeps its digits instead, so no amount loses precision.
/// </summary>
public static class CanonicalJson
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        "\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\"\\<>&\u2028\u2029");

    /// <summary>One JSON value within limits.</summary>
    /// <exception cref="FormatException">It is none, is no UTF-8, has a number that no double holds, or breaks a limit.</exception>
    public static JsonElement Parse(ReadOnlySpan<byte> utf8, JobDataLimits limits)
    {
        if (utf8.Length > limits.MaxBytes)
            throw new FormatException($"JSON of {utf8.Length} bytes is larger than {limits.MaxBytes}");
        try
        {
            Check(utf8, limits);
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = limits.MaxDepth });
            return JsonElement.ParseValue(ref reader);
        }
        catch (JsonException wrong)
        {
            throw new FormatException($"invalid JSON at line {(wrong.LineNumber ?? 0) + 1}, byte {(wrong.BytePositionInLine ?? 0) + 1}", wrong);
        }
        catch (InvalidOperationException wrong)
        {
            throw new FormatException("invalid JSON: a string is no valid UTF-8", wrong);
        }
    }

    /// <summary>The value in canonical form.</summary>
    /// <exception cref="FormatException">It has more than <paramref name="depth"/> objects and arrays within each other.</exception>
    public static void Write(JsonElement value, IBufferWriter<byte> output, int depth = 64)
    {
        if (depth == 0 && value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            throw new FormatException("JSON is nested deeper than data may be");
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(value, output, depth - 1);
                break;
            case JsonValueKind.Array:
                WriteArray(value, output, depth - 1);
                break;
            case JsonValueKind.String:
                WriteText(value.GetString()!, output);
                break;
            case JsonValueKind.Number:
                output.Write(Encoding.ASCII.GetBytes(Number(value.GetRawText())));
                break;
            case JsonValueKind.True:
                output.Write("true"u8);
                break;
            case JsonValueKind.False:
                output.Write("false"u8);
                break;
            default:
                output.Write("null"u8);
                break;
        }
    }

    /// <summary>A string with its quotes.</summary>
    public static void WriteText(string text, IBufferWriter<byte> output)
    {
        output.Write("\""u8);
        var rest = text.AsSpan();
        while (rest.IndexOfAny(Escaped) is var at && at >= 0)
        {
            Encoding.UTF8.GetBytes(rest[..at], output);
            Encoding.UTF8.GetBytes(Escape(rest[at]), output);
            rest = rest[(at + 1)..];
        }

        Encoding.UTF8.GetBytes(rest, output);
        output.Write("\""u8);
    }

    /// <summary>A JSON number as a double prints in Go; with its own digits where a double holds another number.</summary>
    public static string Number(string text)
    {
        var value = double.Parse(text, CultureInfo.InvariantCulture);
        var (digits, exponent) = Decimal(value.ToString("R", CultureInfo.InvariantCulture));
        if ((digits, exponent) != Decimal(text))
            return text;
        var sign = double.IsNegative(value) ? "-" : "";
        if (digits == "0")
            return sign + "0";
        // digits are d.ddd * 10^exponent
        if (exponent is < -6 or >= 21)
            return $"{sign}{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent).ToString(CultureInfo.InvariantCulture).PadLeft(exponent < 0 ? 1 : 2, '0')}";
        if (exponent < 0)
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        return exponent >= digits.Length - 1
            ? sign + digits.PadRight(exponent + 1, '0')
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary>Significant digits without zeros around them, and the power of ten of the first.</summary>
    private static (string Digits, int Exponent) Decimal(string number)
    {
        var mantissa = number.AsSpan().TrimStart('-');
        var exponent = 0;
        if (mantissa.IndexOfAny('e', 'E') is var e && e >= 0)
        {
            // An exponent that is no int stands only beside a mantissa of zero.
            _ = int.TryParse(mantissa[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent);
            mantissa = mantissa[..e];
        }

        var point = mantissa.IndexOf('.');
        var whole = point < 0 ? mantissa : mantissa[..point];
        var digits = point < 0 ? whole.ToString() : string.Concat(whole, mantissa[(point + 1)..]);
        var first = digits.AsSpan().IndexOfAnyExcept('0');
        return first < 0 ? ("0", 0) : (digits[first..].TrimEnd('0'), exponent + whole.Length - 1 - first);
    }

    private static void WriteObject(JsonElement value, IBufferWriter<byte> output, int depth)
    {
        // The last of equal keys stands.
        var members = new SortedDictionary<string, JsonElement>(Utf8Order.Instance);
        foreach (var member in value.EnumerateObject())
            members[member.Name] = member.Value;
        var separator = "{"u8;
        foreach (var (key, member) in members)
        {
            output.Write(separator);
            WriteText(key, output);
            output.Write(":"u8);
            Write(member, output, depth);
            separator = ","u8;
        }

        output.Write(members.Count == 0 ? "{}"u8 : "}"u8);
    }

    private static void WriteArray(JsonElement value, IBufferWriter<byte> output, int depth)
    {
        var separator = "["u8;
        foreach (var item in value.EnumerateArray())
        {
            output.Write(separator);
            Write(item, output, depth);
            separator = ","u8;
        }

        output.Write(value.GetArrayLength() == 0 ? "[]"u8 : "]"u8);
    }

    private static string Escape(char c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => $"\\u{(int)c:x4}",
    };

    private static void Check(ReadOnlySpan<byte> utf8, JobDataLimits limits)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = limits.MaxDepth });
        var keys = 0;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    if (++keys > limits.MaxKeys)
                        throw new FormatException($"JSON has more than {limits.MaxKeys} keys");
                    _ = reader.GetString();
                    break;
                case JsonTokenType.String:
                    // Half a surrogate pair, or bytes that are no UTF-8, fail here and not later in the middle of a run.
                    _ = reader.GetString();
                    break;
                case JsonTokenType.Number when !reader.TryGetDouble(out var value) || !double.IsFinite(value):
                    throw new FormatException($"JSON has a number at byte {reader.TokenStartIndex + 1} that is beyond a double");
            }
        }
    }
}

/// <summary>Orders texts as their UTF-8 bytes.</summary>
internal sealed class Utf8Order : IComparer<string>
{
    public static readonly Utf8Order Instance = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        var left = x.AsSpan();
        var right = y.AsSpan();
        var common = left.CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
            return left.Length.CompareTo(right.Length);
        var (a, b) = (left[common], right[common]);
        // Surrogates stand for what comes after all other characters.
        return char.IsSurrogate(a) == char.IsSurrogate(b) ? a.CompareTo(b) : char.IsSurrogate(a) ? 1 : -1;
    }
}

using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Ethereum.Agreements;

/// <summary>
/// The text of a request that oracles agree on: no whitespace, keys in the order of their bytes, numbers as C prints them with %e, texts in
/// Unicode's normal form C. Numbers that only differ behind the seventh digit are the same agreement.
/// </summary>
internal static class NormalizedJson
{
    public static string Write(JsonElement value)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(value, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static void Write(JsonElement value, ArrayBufferWriter<byte> output)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(value, output);
                break;
            case JsonValueKind.Array:
                var separator = "["u8;
                foreach (var item in value.EnumerateArray())
                {
                    output.Write(separator);
                    Write(item, output);
                    separator = ","u8;
                }

                output.Write(value.GetArrayLength() == 0 ? "[]"u8 : "]"u8);
                break;
            case JsonValueKind.String:
                WriteText(value.GetString()!, output);
                break;
            case JsonValueKind.Number:
                Encoding.ASCII.GetBytes(Number(value.GetDouble()), output);
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

    /// <summary>Six digits behind the point and at least two of the exponent.</summary>
    public static string Number(double value)
    {
        // The platform writes three digits of the exponent, which is below 1000.
        var text = value.ToString("e6", CultureInfo.InvariantCulture);
        return text[^3] == '0' ? text.Remove(text.Length - 3, 1) : text;
    }

    private static void WriteObject(JsonElement value, ArrayBufferWriter<byte> output)
    {
        var members = new SortedDictionary<string, JsonElement>(ByteOrder.Instance);
        // The last of equal keys stands.
        foreach (var member in value.EnumerateObject())
            members[member.Name] = member.Value;
        var separator = "{"u8;
        foreach (var (key, member) in members)
        {
            output.Write(separator);
            WriteText(key, output);
            output.Write(":"u8);
            Write(member, output);
            separator = ","u8;
        }

        output.Write(members.Count == 0 ? "{}"u8 : "}"u8);
    }

    private static void WriteText(string text, ArrayBufferWriter<byte> output) => CanonicalJson.WriteText(Nfc.Normalize(text), output);

    private sealed class ByteOrder : IComparer<string>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(string? x, string? y) => Encoding.UTF8.GetBytes(x!).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y!));
    }
}

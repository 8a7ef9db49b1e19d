using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorNode.Protocol.Jobs;

/// <summary>An amount of LINK in its smallest unit, 10^-18. In JSON a string of decimal digits, never a number.</summary>
[JsonConverter(typeof(JuelsJson))]
public readonly record struct Juels(BigInteger Value) : IComparable<Juels>
{
    /// <summary>The most digits that are read: more than any amount has.</summary>
    public const int MaxDigits = 78;

    private const int Decimals = 18;

    /// <summary>None.</summary>
    public static readonly Juels Zero;

    /// <summary>Reads decimal digits, with a sign where it is negative.</summary>
    public static bool TryParse(string text, out Juels juels)
    {
        juels = default;
        if (text.Length > MaxDigits + 1 || !BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            return false;
        juels = new Juels(value);
        return true;
    }

    /// <summary>The sum.</summary>
    public static Juels operator +(Juels left, Juels right) => new(left.Value + right.Value);

    /// <summary>Less.</summary>
    public static bool operator <(Juels left, Juels right) => left.Value < right.Value;

    /// <summary>More.</summary>
    public static bool operator >(Juels left, Juels right) => left.Value > right.Value;

    /// <summary>Less or the same.</summary>
    public static bool operator <=(Juels left, Juels right) => left.Value <= right.Value;

    /// <summary>More or the same.</summary>
    public static bool operator >=(Juels left, Juels right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(Juels other) => Value.CompareTo(other.Value);

    /// <summary>In LINK, with 18 decimals.</summary>
    public string ToLink()
    {
        var digits = BigInteger.Abs(Value).ToString(CultureInfo.InvariantCulture).PadLeft(Decimals + 1, '0');
        return $"{(Value.Sign < 0 ? "-" : "")}{digits[..^Decimals]}.{digits[^Decimals..]}";
    }

    /// <summary>The decimal digits.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Juels as a JSON string.</summary>
public sealed class JuelsJson : JsonConverter<Juels>
{
    /// <inheritdoc/>
    public override Juels Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Juels.TryParse(reader.GetString()!, out var juels)
            ? juels
            : throw new JsonException("an amount is a string of decimal digits");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Juels value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

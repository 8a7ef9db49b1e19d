using System.Globalization;
using System.Text.Json;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Server.Http.Jobs;

/// <summary>
/// Reads members of a request's object as the original does: names in any letters, members that nobody knows passed over, null as missing.
/// </summary>
internal readonly struct JsonMembers(JsonElement element, Func<string, ApiException> malformed)
{
    /// <summary>A text; null where there is none.</summary>
    public string? Text(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw malformed($"{name} must be a string"),
    };

    /// <summary>A number of blocks: a number, a text of one, or an empty text for none.</summary>
    public uint? Confirmations(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value when value.GetString() is { Length: 0 } => null,
        { ValueKind: JsonValueKind.String } value when uint.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        { ValueKind: JsonValueKind.Number } value when value.TryGetUInt32(out var number) => number,
        _ => throw malformed($"{name} must be a whole number from 0 to {uint.MaxValue}"),
    };

    /// <summary>An amount that is not negative, as a text of decimal digits.</summary>
    public Juels? Juels(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value when Protocol.Jobs.Juels.TryParse(value.GetString()!, out var juels) && juels >= Protocol.Jobs.Juels.Zero => juels,
        _ => throw malformed($"{name} must be a string of decimal digits"),
    };

    /// <summary>A list of texts; null where there is none.</summary>
    public IReadOnlyList<string>? Texts(string name)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
            throw malformed($"{name} must be a list of strings");
        return [.. value.EnumerateArray().Select(item => item.GetString()!)];
    }

    /// <summary>A time of RFC 3339; null where there is none.</summary>
    public DateTimeOffset? Time(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value when value.TryGetDateTimeOffset(out var time) => time.ToUniversalTime(),
        _ => throw malformed($"{name} must be a time as 2019-07-24T01:02:03Z"),
    };

    /// <summary>Whether the member is there, null or not.</summary>
    public bool Has(string name) => element.EnumerateObject().Any(member => string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase));

    private JsonElement? Find(string name)
    {
        JsonElement? found = null;
        foreach (var member in element.EnumerateObject())
        {
            // The last of several stands.
            if (string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase))
                found = member.Value;
        }

        return found is { ValueKind: JsonValueKind.Null } ? null : found;
    }
}

using System.Globalization;
using System.Text.Json;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Specs;

/// <summary>
/// The members of one JSON object of a job spec. Names match in any letter case and the last of equal names stands, as in the original; null
/// is as good as missing. Every method throws <see cref="JobSpecException"/> with the path of the member that is of another kind.
/// </summary>
internal readonly struct SpecFields
{
    private readonly JsonElement _object;
    private readonly string _path;

    /// <param name="element">The object; undefined: one without members.</param>
    /// <param name="path">Where it is; empty: the spec itself.</param>
    public SpecFields(JsonElement element, string path)
    {
        _object = element;
        _path = path;
        if (element.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined))
            throw new JobSpecException($"{(path.Length == 0 ? "job spec" : path)}: expected a JSON object, found {Kind(element)}");
    }

    /// <summary>The member; undefined where it is missing or null.</summary>
    public JsonElement Find(string name)
    {
        JsonElement found = default;
        if (_object.ValueKind != JsonValueKind.Object)
            return found;
        foreach (var member in _object.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                found = member.Value;
        }

        return found.ValueKind == JsonValueKind.Null ? default : found;
    }

    /// <summary>A member that is an object.</summary>
    public SpecFields Object(string name) => new(Find(name), Path(name));

    /// <summary>The elements of a member that is an array; none where it is missing.</summary>
    public JsonElement[] List(string name, int limit)
    {
        var value = Find(name);
        if (value.ValueKind == JsonValueKind.Undefined)
            return [];
        if (value.ValueKind != JsonValueKind.Array)
            throw Wrong(name, $"expected an array, found {Kind(value)}");
        return value.GetArrayLength() <= limit ? [.. value.EnumerateArray()] : throw Wrong(name, $"has more than {limit} entries");
    }

    /// <summary>A text, or null.</summary>
    public string? Text(string name)
    {
        var value = Find(name);
        return value.ValueKind switch
        {
            JsonValueKind.Undefined => null,
            JsonValueKind.String => value.GetString(),
            _ => throw Wrong(name, $"expected a string, found {Kind(value)}"),
        };
    }

    /// <summary>A boolean; false where it is missing.</summary>
    public bool Flag(string name)
    {
        var value = Find(name);
        return value.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.False => false,
            JsonValueKind.True => true,
            _ => throw Wrong(name, $"expected true or false, found {Kind(value)}"),
        };
    }

    /// <summary>A whole number, or null.</summary>
    public int? Number(string name)
    {
        var value = Find(name);
        if (value.ValueKind == JsonValueKind.Undefined)
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : throw Wrong(name, $"expected a whole number of 32 bits, found {Shown(value)}");
    }

    /// <summary>An unsigned number of 32 bits, as a number or as its digits; the empty text is as good as missing.</summary>
    public uint? Count(string name)
    {
        var value = Find(name);
        var text = value.ValueKind switch
        {
            JsonValueKind.Undefined => "",
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.String => value.GetString()!,
            _ => throw Wrong(name, $"expected a number, found {Kind(value)}"),
        };
        if (text.Length == 0)
            return null;
        return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw Wrong(name, $"expected a whole number from 0 to 4294967295, found {Shown(value)}");
    }

    /// <summary>A duration as text, such as "1m30s", or null.</summary>
    public TimeSpan? Duration(string name)
    {
        if (Text(name) is not { } text)
            return null;
        return GoDuration.TryParse(text, out var duration)
            ? duration
            : throw Wrong(name, $"expected a duration such as \"1m30s\", found {Shown(Find(name))}");
    }

    /// <summary>An amount in juels, or null.</summary>
    public Juels? Amount(string name)
    {
        var value = Find(name);
        if (value.ValueKind == JsonValueKind.Undefined)
            return null;
        return value.ValueKind == JsonValueKind.String && Juels.TryParse(value.GetString()!, out var amount)
            ? amount
            : throw Wrong(name, $"expected a string of decimal digits, found {Shown(value)}");
    }

    /// <summary>One of the words of an enumeration; its default where it is missing.</summary>
    public T Choice<T>(string name, Func<string, T?> find, string words)
        where T : struct
    {
        if (Text(name) is not { } text)
            return default;
        return find(text) ?? throw Wrong(name, $"expected one of {words}, found {Shown(Find(name))}");
    }

    /// <summary>The path of a member.</summary>
    public string Path(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    /// <summary>That a member breaks a rule.</summary>
    public JobSpecException Wrong(string name, string rule) => new($"{Path(name)}: {rule}");

    /// <summary>What a value is, in words.</summary>
    public static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null or JsonValueKind.Undefined => "null",
        _ => "a boolean",
    };

    /// <summary>A value as it stands in the spec, where it is short.</summary>
    public static string Shown(JsonElement value)
    {
        const int Most = 64;
        return value.ValueKind is JsonValueKind.String or JsonValueKind.Number && value.GetRawText() is { Length: <= Most } text ? text : Kind(value);
    }
}

using System.Text.Json;

namespace ActorNode.Server.Http.Forging;

/// <summary>The fields of a JSON object, each read as what it must be; anything else is a 400 that names the field and the rule.</summary>
internal readonly record struct JsonFields(JsonElement Element, string Path)
{
    /// <exception cref="ProblemException">The element is no object.</exception>
    public static JsonFields Of(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.Object ? new(element, path) : throw RequestFields.Bad(path, "must be a JSON object");

    public string PathOf(string name) => Path == "body" ? name : $"{Path}.{name}";

    public bool Has(string name) => Element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    public void AllowOnly(params ReadOnlySpan<string> names)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in Element.EnumerateObject())
        {
            if (!names.Contains(property.Name))
                throw RequestFields.Bad(property.Name.Length <= 64 ? PathOf(property.Name) : Path, $"is no field of this request, or the field's name is unknown; it takes {string.Join(", ", names)}");
            if (!seen.Add(property.Name))
                throw RequestFields.Bad(PathOf(property.Name), "is given more than once");
        }
    }

    public string Text(string name) =>
        Value(name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw RequestFields.Bad(PathOf(name), "must be a text");

    /// <summary>A level or a round.</summary>
    public int Natural(string name) =>
        Value(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) && number >= 0
            ? number
            : throw RequestFields.Bad(PathOf(name), $"must be a whole number from 0 to {int.MaxValue}");

    public IReadOnlyList<JsonFields> Array(string name, int most)
    {
        var path = PathOf(name);
        if (Value(name) is not { ValueKind: JsonValueKind.Array } value)
            throw RequestFields.Bad(path, "must be a list");
        var length = value.GetArrayLength();
        if (length == 0 || length > most)
            throw RequestFields.Bad(path, $"has {length} entries, must be 1 to {most}");
        return [.. value.EnumerateArray().Select((item, index) => Of(item, $"{path}[{index}]"))];
    }

    private JsonElement Value(string name) => Element.TryGetProperty(name, out var value) ? value : throw RequestFields.Bad(PathOf(name), "is missing");
}

using System.Collections.Immutable;
using System.Text.Json;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Adapters;

/// <summary>Parameters of tasks by kind. Null is as good as missing. Each throws <see cref="AdapterException"/> that names the parameter and the rule.</summary>
internal static class Parameter
{
    /// <summary>The value; undefined where it is missing or null.</summary>
    public static JsonElement Find(JobData parameters, string name) =>
        parameters.Find(name) is { ValueKind: not JsonValueKind.Null } value ? value : default;

    /// <summary>A text, or null.</summary>
    public static string? Text(JobData parameters, string name) => Find(parameters, name) switch
    {
        { ValueKind: JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => throw new AdapterException($"{name}: expected a string"),
    };

    /// <summary>A time in any of the notations that specs may use, or null.</summary>
    public static DateTimeOffset? Time(JobData parameters, string name)
    {
        try
        {
            return AnyTime.Read(parameters.Find(name));
        }
        catch (FormatException wrong)
        {
            throw new AdapterException($"{name}: {wrong.Message}", wrong);
        }
    }

    /// <summary>An array of texts, or one text split at a separator; default where it is missing.</summary>
    public static ImmutableArray<string> Path(JobData parameters, string name, char separator) => Find(parameters, name) switch
    {
        { ValueKind: JsonValueKind.Undefined } => default,
        { ValueKind: JsonValueKind.String } text => [.. text.GetString()!.Split(separator)],
        { ValueKind: JsonValueKind.Array } array => Texts(array, name),
        _ => throw new AdapterException($"{name}: expected a string or an array of strings"),
    };

    /// <summary>An array of texts.</summary>
    public static ImmutableArray<string> Texts(JsonElement array, string name) =>
        [.. array.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String
            ? item.GetString()!
            : throw new AdapterException($"{name}: expected a string or an array of strings"))];
}

using System.Text.Json;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Adapters;

/// <summary>Values of task data as text, as the original reads them.</summary>
public static class ResultText
{
    /// <summary>
    /// A string as it is, a number in plain decimals (<c>1.68e+4</c> is <c>16800</c>), a boolean by its name, an object or array as its JSON text.
    /// Null and what is missing are the empty text.
    /// </summary>
    public static string Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => ExactDecimal.TryParse(value.GetRawText(), out var number) ? number.ToString() : value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Object or JsonValueKind.Array => value.GetRawText(),
        _ => "",
    };

    /// <summary>The result of a task that has to be a string.</summary>
    /// <exception cref="AdapterException">It is none.</exception>
    public static string Required(JobData data) =>
        data.Result is { ValueKind: JsonValueKind.String } text ? text.GetString()! : throw new AdapterException("non string result");
}

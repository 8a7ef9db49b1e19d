using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Adapters;

/// <summary>Takes one value out of JSON: jsonparse out of the text that is the result, copy out of all the data of the task.</summary>
internal static class JsonParse
{
    /// <summary>The adapter "jsonparse", which looks along the parameter "path".</summary>
    public static IAdapter Create(JobData parameters)
    {
        var path = Path(parameters, "path");
        return new ImmediateAdapter(input => Take(input.Data, Document(ResultText.Required(input.Data)), path));
    }

    /// <summary>The adapter "copy", which looks along "copyPath". Other data are kept.</summary>
    public static IAdapter CreateCopy(JobData parameters)
    {
        var path = Path(parameters, "copyPath");
        return new ImmediateAdapter(input => Take(input.Data, Document(input.Data.Utf8.Span), path));
    }

    private static ImmutableArray<string> Path(JobData parameters, string name) =>
        Parameter.Path(parameters, name, '.') is { IsDefault: false } path ? path : [];

    private static TaskOutcome Take(JobData data, JsonElement document, ImmutableArray<string> path)
    {
        for (var i = 0; i < path.Length; i++)
        {
            if (Find(document, path[i]) is { } found)
                document = found;
            else if (i == path.Length - 1)
                return TaskOutcome.Completed(data.WithResult(default(JsonElement)));
            else
                return TaskOutcome.Errored(data, $"No value could be found for the key '{path[i]}'");
        }

        return TaskOutcome.Completed(data.WithResult(document));
    }

    /// <summary>A member of an object, or an element of an array by its place, counted from the end where it is negative.</summary>
    private static JsonElement? Find(JsonElement value, string key)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                return value.TryGetProperty(key, out var member) ? member : null;
            case JsonValueKind.Array when int.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var place):
                var length = value.GetArrayLength();
                var at = place < 0 ? (long)length + place : place;
                return at >= 0 && at < length ? value[(int)at] : null;
            default:
                return null;
        }
    }

    private static JsonElement Document(string text) => Document(Encoding.UTF8.GetBytes(text));

    private static JsonElement Document(ReadOnlySpan<byte> utf8)
    {
        try
        {
            // It is no larger than the data that it is part of.
            return CanonicalJson.Parse(utf8, JobDataLimits.Document with { MaxBytes = utf8.Length });
        }
        catch (FormatException wrong)
        {
            throw new AdapterException(wrong.Message, wrong);
        }
    }
}

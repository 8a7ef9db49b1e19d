using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorNode.Server.Forging;

/// <summary>One mark of a baker's file: the highest level and round that a key signed of a kind (block, preattestation, attestation).</summary>
internal sealed record FileMark(string Key, string Kind, int Level, int Round);

/// <summary>
/// The file in which a baker keeps its high watermarks, <c>NetX..._highwatermarks</c>: one chain's, whose id only the name has. Reads the
/// names of older bakers too; writes the newer ones.
/// </summary>
internal static class HighWatermarksFile
{
    private static readonly ImmutableArray<(string Name, string Kind)> Sections =
    [
        ("blocks", "block"), ("preattestations", "preattestation"), ("attestations", "attestation"),
        ("preendorsements", "preattestation"), ("endorsements", "attestation"),
    ];

    /// <summary>The marks; of several for one key and kind the highest.</summary>
    /// <exception cref="FormatException">The text is no such file. The message says where.</exception>
    public static ImmutableArray<FileMark> Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new FormatException("must be a JSON object");
            var marks = new List<FileMark>();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (Sections.FirstOrDefault(section => section.Name == property.Name).Kind is not { } kind)
                    throw new FormatException($"{Short(property.Name)}: is no section of a file of high watermarks");
                if (property.Value.ValueKind != JsonValueKind.Array)
                    throw new FormatException($"{property.Name}: must be a list");
                marks.AddRange(property.Value.EnumerateArray().Select((item, index) => Read(item, kind, $"{property.Name}[{index}]")));
            }

            return [.. marks.GroupBy(mark => (mark.Key, mark.Kind)).Select(same => same.MaxBy(mark => (mark.Level, mark.Round))!)];
        }
        catch (JsonException malformed)
        {
            throw new FormatException($"is no JSON: {malformed.Message}", malformed);
        }
    }

    public static JsonObject Write(IEnumerable<FileMark> marks)
    {
        var byKind = marks.ToLookup(mark => mark.Kind);
        return new JsonObject(Sections[..3].Select(section => KeyValuePair.Create<string, JsonNode?>(section.Name, new JsonArray([.. byKind[section.Kind].Select(mark => (JsonNode)new JsonObject
        {
            ["delegate"] = mark.Key,
            ["highwatermark"] = new JsonObject { ["round"] = mark.Round, ["level"] = mark.Level },
        })]))));
    }

    private static FileMark Read(JsonElement item, string kind, string path) =>
        item.ValueKind == JsonValueKind.Object
        && item.TryGetProperty("delegate", out var key) && key.ValueKind == JsonValueKind.String
        && item.TryGetProperty("highwatermark", out var mark) && mark.ValueKind == JsonValueKind.Object
        && Natural(mark, "level") is { } level && Natural(mark, "round") is { } round
            ? new(key.GetString()!, kind, level, round)
            : throw new FormatException($"{path}: must be {{\"delegate\": ADDRESS, \"highwatermark\": {{\"round\", \"level\"}}}} with whole numbers from 0 on");

    private static int? Natural(JsonElement mark, string name) =>
        mark.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0 ? number : null;

    private static string Short(string name) => name.Length <= 64 ? name : "a long name";
}

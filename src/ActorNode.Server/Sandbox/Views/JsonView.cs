using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorNode.Server.Sandbox.Views;

/// <summary>For programs: one JSON object a line and second, and one at the end.</summary>
internal sealed class JsonView(TextWriter output) : ISandboxView
{
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public IShow Begin(SandboxOptions options, IReadOnlyCollection<string> urls) => new Lines(output);

    public void End(SandboxSummary summary)
    {
        var json = Of("summary", summary.Last);
        json["ok"] = summary.Reasons.Count == 0;
        json["reasons"] = new JsonArray([.. summary.Reasons.Select(r => (JsonNode)JsonValue.Create(r))]);
        Write(output, json);
    }

    private static void Write(TextWriter output, JsonObject json)
    {
        output.WriteLine(json.ToJsonString(OneLine));
        output.Flush();
    }

    private static JsonObject Of(string type, SandboxStatus status) => new()
    {
        ["type"] = type,
        ["seconds"] = Math.Round(status.Elapsed.TotalSeconds, 1),
        ["urls"] = new JsonArray([.. status.Urls.Select(u => (JsonNode)JsonValue.Create(u))]),
        ["parts"] = new JsonObject(status.Parts.Select(p => KeyValuePair.Create(p.Part, (JsonNode?)Of(p.Status)))),
        ["faults"] = new JsonArray([.. status.Faults.Select(Of)]),
    };

    private static JsonObject Of(PartStatus status)
    {
        var json = new JsonObject(status.Figures.Select(f => KeyValuePair.Create(f.Name, Value(f.Value))));
        foreach (var table in status.Tables)
        {
            json[table.Name == "services" ? "list" : table.Name.Replace(' ', '_')] = new JsonArray([.. table.Rows.Select(row => (JsonNode)new JsonObject(
                table.Columns.Zip(row, (column, value) => KeyValuePair.Create(column.Replace(' ', '_'), (JsonNode?)JsonValue.Create(value)))))]);
        }

        return json;
    }

    private static JsonObject Of(FaultStatus fault) => new()
    {
        ["number"] = fault.Number,
        ["kind"] = Words.Of(fault.Kind),
        ["what"] = fault.What,
        ["planned"] = Seconds(fault.PlannedAt),
        ["injected"] = Seconds(fault.InjectedAt),
        ["healedAfter"] = Seconds(fault.HealedAfter),
        ["healedBy"] = fault.HealedBy,
        ["error"] = fault.Error,
    };

    private static JsonNode? Seconds(TimeSpan? time) => time is { } some ? JsonValue.Create(Math.Round(some.TotalSeconds, 3)) : null;

    private static JsonNode? Value(object value) => value switch
    {
        long number => JsonValue.Create(number),
        int number => JsonValue.Create(number),
        ulong number => JsonValue.Create(number),
        double number => JsonValue.Create(number),
        bool yes => JsonValue.Create(yes),
        _ => JsonValue.Create(Words.Of(value)),
    };

    private sealed class Lines(TextWriter output) : IShow
    {
        public void Show(SandboxStatus status) => Write(output, Of("status", status));

        public void Dispose()
        {
        }
    }
}

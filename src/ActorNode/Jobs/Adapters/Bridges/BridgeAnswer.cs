using System.Text.Json;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Adapters.Bridges;

/// <summary>
/// What a bridge says of a task: as the answer to the node's request, or later by itself to a run that waits. Its status is errored, pending
/// bridge or completed, whatever the bridge wrote beside that.
/// </summary>
public static class BridgeAnswer
{
    /// <summary>Reads an answer.</summary>
    /// <exception cref="FormatException">It is none; the message names the field and the rule.</exception>
    public static RunResult Read(ReadOnlySpan<byte> utf8, JobDataLimits? limits = null)
    {
        var answer = CanonicalJson.Parse(utf8, limits ?? JobDataLimits.Default with { MaxBytes = utf8.Length });
        if (answer.ValueKind != JsonValueKind.Object)
            throw new FormatException("an answer is a JSON object");
        var error = Text(answer, "error");
        var status = Text(answer, "status");
        if (status is not null && RunStatuses.Find(status) is null)
            throw new FormatException("status: no status of that name");
        return new RunResult(Data(Find(answer, "data")), Status(answer, error, status), error, Amount(answer));
    }

    private static RunStatus Status(JsonElement answer, string? error, string? status)
    {
        if (error is not null || status == RunStatus.Errored.Name())
            return RunStatus.Errored;
        return Flag(answer, "pending") || status == RunStatus.PendingBridge.Name() ? RunStatus.PendingBridge : RunStatus.Completed;
    }

    /// <summary>An object as it is; any other value is the result, in its string form.</summary>
    private static JobData Data(JsonElement data) => data.ValueKind switch
    {
        JsonValueKind.Undefined => JobData.Empty,
        JsonValueKind.Object => JobData.Of(data),
        _ => JobData.Empty.WithResult(ResultText.Of(data)),
    };

    private static Juels? Amount(JsonElement answer)
    {
        if (Text(answer, "amount") is not { } text)
            return null;
        return Juels.TryParse(text, out var amount) ? amount : throw new FormatException("amount: expected a string of decimal digits");
    }

    private static bool Flag(JsonElement answer, string name) => Find(answer, name).ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.False => false,
        JsonValueKind.True => true,
        _ => throw new FormatException($"{name}: expected true or false"),
    };

    private static string? Text(JsonElement answer, string name) => Find(answer, name) switch
    {
        { ValueKind: JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => throw new FormatException($"{name}: expected a string"),
    };

    private static JsonElement Find(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : default;
}

using System.Text.Json;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Bridges;

/// <summary>
/// Reads what a bridge answers, at once or later: an object with, all optional, <c>data</c>, <c>error</c>, <c>status</c>, <c>pending</c> and
/// <c>amount</c>. Other members are passed over. Pure.
/// </summary>
public static class BridgeAnswers
{
    /// <summary>
    /// The answer as a result: errored where it names an error or says so, pending where it says that it will come, otherwise completed. Data that
    /// are no object are its result, as text.
    /// </summary>
    /// <exception cref="FormatException">It is no such object; the message names member and rule.</exception>
    public static RunResult Read(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object)
            throw new FormatException("a bridge's answer must be a JSON object");
        var error = Text(answer, "error");
        var status = Text(answer, "status");
        return new RunResult(Data(answer), StatusOf(error, status, Flag(answer, "pending")), error, Amount(answer));
    }

    private static RunStatus StatusOf(string? error, string? status, bool pending)
    {
        if (error is not null || status == RunStatus.Errored.Name())
            return RunStatus.Errored;
        return pending || status == RunStatus.PendingBridge.Name() ? RunStatus.PendingBridge : RunStatus.Completed;
    }

    private static JobData Data(JsonElement answer) => Find(answer, "data") switch
    {
        { ValueKind: JsonValueKind.Undefined } => JobData.Empty,
        { ValueKind: JsonValueKind.Object } data => JobData.Of(data),
        { ValueKind: JsonValueKind.String } text => JobData.Empty.WithResult(text.GetString()!),
        { ValueKind: JsonValueKind.Number } number => JobData.Empty.WithResult(CanonicalJson.Number(number.GetRawText())),
        var other => JobData.Empty.WithResult(other.GetRawText()),
    };

    private static Juels? Amount(JsonElement answer) => Find(answer, "amount") switch
    {
        { ValueKind: JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.String } text when Juels.TryParse(text.GetString()!, out var amount) => amount,
        _ => throw new FormatException("amount must be a string of decimal digits"),
    };

    private static string? Text(JsonElement answer, string name) => Find(answer, name) switch
    {
        { ValueKind: JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => throw new FormatException($"{name} must be a string"),
    };

    private static bool Flag(JsonElement answer, string name) => Find(answer, name).ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.False => false,
        JsonValueKind.True => true,
        _ => throw new FormatException($"{name} must be true or false"),
    };

    /// <summary>Undefined where there is none, or null.</summary>
    private static JsonElement Find(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : default;
}

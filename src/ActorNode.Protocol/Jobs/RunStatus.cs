using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorNode.Protocol.Jobs;

/// <summary>Where a run, a task of it or a result stands.</summary>
[JsonConverter(typeof(RunStatusJson))]
public enum RunStatus
{
    /// <summary>Created, nothing done.</summary>
    Unstarted,

    /// <summary>Queued or at work.</summary>
    InProgress,

    /// <summary>Waits for blocks.</summary>
    PendingConfirmations,

    /// <summary>Waits for a connection to the chain.</summary>
    PendingConnection,

    /// <summary>Waits for the answer of a bridge.</summary>
    PendingBridge,

    /// <summary>Waits for a time.</summary>
    PendingSleep,

    /// <summary>Failed, for good.</summary>
    Errored,

    /// <summary>Done.</summary>
    Completed,
}

/// <summary>What a status allows, and its name.</summary>
public static class RunStatuses
{
    private static readonly string[] Names =
        ["", "in_progress", "pending_confirmations", "pending_connection", "pending_bridge", "pending_sleep", "errored", "completed"];

    /// <summary>The name in the API; that of <see cref="RunStatus.Unstarted"/> is empty.</summary>
    public static string Name(this RunStatus status) => Names[(int)status];

    /// <summary>The status of that name, or null.</summary>
    public static RunStatus? Find(string name) => Array.IndexOf(Names, name) is var at && at >= 0 ? (RunStatus)at : null;

    /// <summary>It waits for something outside.</summary>
    public static bool IsPending(this RunStatus status) =>
        status is RunStatus.PendingConfirmations or RunStatus.PendingConnection or RunStatus.PendingBridge or RunStatus.PendingSleep;

    /// <summary>Nothing changes it any more.</summary>
    public static bool IsFinished(this RunStatus status) => status is RunStatus.Errored or RunStatus.Completed;

    /// <summary>A task of this status is the next one of its run.</summary>
    public static bool CanStart(this RunStatus status) => status == RunStatus.Unstarted || status.IsPending();
}

/// <summary>A status as its name. (The converter that comes with the framework has no empty names.)</summary>
public sealed class RunStatusJson : JsonConverter<RunStatus>
{
    /// <inheritdoc/>
    public override RunStatus Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && RunStatuses.Find(reader.GetString()!) is { } status
            ? status
            : throw new JsonException("no status of a run");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, RunStatus value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name());
}

using System.Text.Json.Serialization;

namespace ActorNode.Protocol.Jobs;

/// <summary>Where a run, a task of it or a result stands.</summary>
public enum RunStatus
{
    /// <summary>Created, nothing done.</summary>
    [JsonStringEnumMemberName("unstarted")]
    Unstarted,

    /// <summary>Queued or at work.</summary>
    [JsonStringEnumMemberName("in_progress")]
    InProgress,

    /// <summary>Waits for blocks.</summary>
    [JsonStringEnumMemberName("pending_confirmations")]
    PendingConfirmations,

    /// <summary>Waits for a connection to the chain.</summary>
    [JsonStringEnumMemberName("pending_connection")]
    PendingConnection,

    /// <summary>Waits for the answer of a bridge.</summary>
    [JsonStringEnumMemberName("pending_bridge")]
    PendingBridge,

    /// <summary>Waits for a time.</summary>
    [JsonStringEnumMemberName("pending_sleep")]
    PendingSleep,

    /// <summary>Failed, for good.</summary>
    [JsonStringEnumMemberName("errored")]
    Errored,

    /// <summary>Done.</summary>
    [JsonStringEnumMemberName("completed")]
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

using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ActorNode.Protocol.Jobs;
using ActorNode.Storage.Journal;

namespace ActorNode.Jobs.Runs;

/// <summary>What the journal holds of a run. Property names are the journal's format: they never change their meaning.</summary>
internal interface IRunEvent
{
    /// <summary>When it happened.</summary>
    DateTimeOffset At { get; }
}

/// <summary>A task was performed: it is completed, errored or pending. Stored before the next task starts.</summary>
internal sealed record TaskEnded(
    [property: JsonRequired] int Task,
    [property: JsonRequired] RunStatus Status,
    [property: JsonRequired] JobData Data,
    string? Error,
    Juels? Amount,
    DateTimeOffset? Until,
    long? Height,
    [property: JsonRequired] DateTimeOffset At) : IRunEvent;

/// <summary>A try of a task failed, and another is to come.</summary>
internal sealed record TaskTried([property: JsonRequired] int Task, [property: JsonRequired] string Error, [property: JsonRequired] DateTimeOffset At) : IRunEvent;

/// <summary>The bridge that the run waited for has answered.</summary>
internal sealed record BridgeAnswered(
    [property: JsonRequired] RunStatus Status,
    [property: JsonRequired] JobData Data,
    string? Error,
    Juels? Amount,
    [property: JsonRequired] DateTimeOffset At) : IRunEvent;

/// <summary>A block was seen that the run waited for, or one on the way to it.</summary>
internal sealed record HeadSeen([property: JsonRequired] long Height, [property: JsonRequired] DateTimeOffset At) : IRunEvent;

/// <summary>The chain is connected again.</summary>
internal sealed record ChainConnected([property: JsonRequired] DateTimeOffset At) : IRunEvent;

/// <summary>The time until which the run slept has come.</summary>
internal sealed record SleepEnded([property: JsonRequired] DateTimeOffset At) : IRunEvent;

/// <summary>The run ended outside of any task.</summary>
internal sealed record RunFailed([property: JsonRequired] string Error, [property: JsonRequired] DateTimeOffset At) : IRunEvent;

/// <summary>The journal's names of these types.</summary>
internal static class RunEventTypes
{
    public static readonly ImmutableArray<EventType> All =
    [
        EventType.Of("task-ended", RunEventsJson.Default.TaskEnded),
        EventType.Of("task-tried", RunEventsJson.Default.TaskTried),
        EventType.Of("bridge-answered", RunEventsJson.Default.BridgeAnswered),
        EventType.Of("head-seen", RunEventsJson.Default.HeadSeen),
        EventType.Of("chain-connected", RunEventsJson.Default.ChainConnected),
        EventType.Of("sleep-ended", RunEventsJson.Default.SleepEnded),
        EventType.Of("run-failed", RunEventsJson.Default.RunFailed),
    ];
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TaskEnded))]
[JsonSerializable(typeof(TaskTried))]
[JsonSerializable(typeof(BridgeAnswered))]
[JsonSerializable(typeof(HeadSeen))]
[JsonSerializable(typeof(ChainConnected))]
[JsonSerializable(typeof(SleepEnded))]
[JsonSerializable(typeof(RunFailed))]
internal sealed partial class RunEventsJson : JsonSerializerContext;

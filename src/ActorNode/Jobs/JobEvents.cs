using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ActorNode.Jobs.Runs;
using ActorNode.Protocol.Jobs;
using ActorNode.Storage.Journal;

namespace ActorNode.Jobs;

/// <summary>What the journal holds of a job. Property names are the journal's format: they never change their meaning.</summary>
internal interface IJobEvent;

/// <summary>The job exists.</summary>
internal sealed record JobCreated([property: JsonRequired] JobSpec Spec) : IJobEvent;

/// <summary>Nothing starts the job any more.</summary>
internal sealed record JobArchived([property: JsonRequired] DateTimeOffset At) : IJobEvent;

/// <summary>A scheduled time was taken, and dropped by the overlap policy.</summary>
internal sealed record TickDropped([property: JsonRequired] int Initiator, [property: JsonRequired] DateTimeOffset Tick) : IJobEvent;

/// <summary>Runs that are finished, and listed as such.</summary>
internal sealed record RunsSettled([property: JsonRequired] ImmutableArray<RunId> Runs) : IJobEvent;

/// <summary>A job at one moment.</summary>
internal sealed record JobSnapshot(
    [property: JsonRequired] JobSpec Spec,
    DateTimeOffset? ArchivedAt,
    [property: JsonRequired] ImmutableArray<RunAccepted> Unfinished,
    [property: JsonRequired] ImmutableArray<JobSnapshot.TakenTick> Ticks)
{
    internal sealed record TakenTick([property: JsonRequired] int Initiator, [property: JsonRequired] DateTimeOffset At);
}

/// <summary>The journal's names of these types.</summary>
internal static class JobEventTypes
{
    public static readonly ImmutableArray<EventType> All =
    [
        EventType.Of("job-created", JobEventsJson.Default.JobCreated),
        EventType.Of("job-archived", JobEventsJson.Default.JobArchived),
        EventType.Of("run-accepted", JobEventsJson.Default.RunAccepted),
        EventType.Of("tick-dropped", JobEventsJson.Default.TickDropped),
        EventType.Of("runs-settled", JobEventsJson.Default.RunsSettled),
        EventType.Of("job", JobEventsJson.Default.JobSnapshot),
    ];
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobCreated))]
[JsonSerializable(typeof(JobArchived))]
[JsonSerializable(typeof(RunAccepted))]
[JsonSerializable(typeof(TickDropped))]
[JsonSerializable(typeof(RunsSettled))]
[JsonSerializable(typeof(JobSnapshot))]
internal sealed partial class JobEventsJson : JsonSerializerContext;

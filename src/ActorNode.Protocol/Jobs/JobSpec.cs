using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace ActorNode.Protocol.Jobs;

/// <summary>A job: what starts it and what a run of it does, task after task. Immutable; a job that changes is another job.</summary>
/// <param name="Id">The job.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Initiators">What starts runs, all at the same time.</param>
/// <param name="Tasks">What a run does, in this order.</param>
public sealed record JobSpec(
    [property: JsonRequired] JobId Id,
    [property: JsonRequired] DateTimeOffset CreatedAt,
    [property: JsonRequired] ImmutableArray<Initiator> Initiators,
    [property: JsonRequired] ImmutableArray<TaskSpec> Tasks)
{
    /// <summary>No run before this; inclusive.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>No run after this; inclusive.</summary>
    public DateTimeOffset? EndAt { get; init; }

    /// <summary>A name for operators.</summary>
    public string? Name { get; init; }

    /// <summary>Runs with a known payment below this are errored. Null: no such rule.</summary>
    public Juels? MinPayment { get; init; }

    /// <summary>One run after the other, in the order in which they were accepted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Ordered { get; init; }

    /// <summary>Runs at work at once; others wait. Null: the setting's.</summary>
    public int? MaxConcurrentRuns { get; init; }

    /// <summary>A run that takes longer, pending times not counted, is errored. Null: the setting's.</summary>
    public TimeSpan? MaxRunDuration { get; init; }
}

/// <summary>The kinds of initiators.</summary>
public enum InitiatorType
{
    /// <summary>A request by HTTP or message.</summary>
    [JsonStringEnumMemberName("web")]
    Web,

    /// <summary>Each time of a schedule.</summary>
    [JsonStringEnumMemberName("cron")]
    Cron,

    /// <summary>Once, at a time.</summary>
    [JsonStringEnumMemberName("runat")]
    RunAt,

    /// <summary>A log of a contract.</summary>
    [JsonStringEnumMemberName("ethlog")]
    EthLog,

    /// <summary>A request log of an oracle contract for this job.</summary>
    [JsonStringEnumMemberName("runlog")]
    RunLog,

    /// <summary>An execution log of a service agreement.</summary>
    [JsonStringEnumMemberName("execagreement")]
    ExecAgreement,

    /// <summary>A named program outside, which alone may start runs.</summary>
    [JsonStringEnumMemberName("external")]
    External,
}

/// <summary>What happens to a tick of a schedule while a run of its job is not finished.</summary>
public enum OverlapPolicy
{
    /// <summary>Another run starts, as the original does.</summary>
    [JsonStringEnumMemberName("allow")]
    Allow,

    /// <summary>The tick is dropped, and counted.</summary>
    [JsonStringEnumMemberName("skip")]
    Skip,

    /// <summary>The run waits for those before it.</summary>
    [JsonStringEnumMemberName("queue")]
    Queue,
}

/// <summary>What happens to ticks of a schedule that passed while nobody could take them.</summary>
public enum MissedTickPolicy
{
    /// <summary>They are dropped, as the original does.</summary>
    [JsonStringEnumMemberName("skip")]
    Skip,

    /// <summary>One run for the latest of them.</summary>
    [JsonStringEnumMemberName("once")]
    Once,

    /// <summary>One run for each, oldest first, up to a limit.</summary>
    [JsonStringEnumMemberName("all")]
    All,
}

/// <summary>One thing that starts runs of a job. Which members count depends on the type.</summary>
/// <param name="Id">Its place in the job, from 1 on.</param>
/// <param name="Type">What it is. Written always: a required member whose default value is left out could not be read again.</param>
public sealed record Initiator(
    [property: JsonRequired] int Id,
    [property: JsonRequired, JsonIgnore(Condition = JsonIgnoreCondition.Never)] InitiatorType Type)
{
    /// <summary>Cron: the schedule, as it was given.</summary>
    public string? Schedule { get; init; }

    /// <summary>Cron: see <see cref="OverlapPolicy"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public OverlapPolicy Overlap { get; init; }

    /// <summary>Cron: see <see cref="MissedTickPolicy"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public MissedTickPolicy Missed { get; init; }

    /// <summary>Cron: each tick is late by a random part of this.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TimeSpan Jitter { get; init; }

    /// <summary>Run at: when.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Run at: whether its run was accepted. As the job tells it; not what it was created with.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Ran { get; init; }

    /// <summary>Logs: the contract, 0x and 40 hexadecimal digits in lower case. Null: any.</summary>
    public string? Address { get; init; }

    /// <summary>Logs: who may ask, formed as <see cref="Address"/>. Empty: everybody.</summary>
    public ImmutableArray<string> Requesters { get; init; } = [];

    /// <summary>External: the name of the external initiator.</summary>
    public string? Name { get; init; }
}

/// <summary>One step of a job.</summary>
/// <param name="Id">Its place in the job, from 1 on.</param>
/// <param name="Type">The adapter, in lower case, or the name of a bridge.</param>
/// <param name="Params">Its parameters.</param>
public sealed record TaskSpec([property: JsonRequired] int Id, [property: JsonRequired] string Type, [property: JsonRequired] JobData Params)
{
    /// <summary>Blocks that it waits for at least, where its run came from a log. Null: none of its own.</summary>
    public uint? Confirmations { get; init; }

    /// <summary>How often it is tried before it is errored.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>The pause before the second try; doubles with each further one. Null: the setting's.</summary>
    public TimeSpan? Backoff { get; init; }

    /// <summary>A try that takes longer has failed. Null: the setting's.</summary>
    public TimeSpan? Timeout { get; init; }
}

using System.Collections.Immutable;

namespace ActorNode.Protocol.Upkeep;

/// <summary>How upkeep is.</summary>
public enum UpkeepState
{
    /// <summary>Between the start and the first pass.</summary>
    Starting,

    /// <summary>The loop runs.</summary>
    Running,

    /// <summary>The loop failed and runs again when its back-off has passed.</summary>
    BackingOff,

    /// <summary>The loop failed too often and was given up.</summary>
    Failed,

    /// <summary>The last things are being persisted.</summary>
    Stopping,

    /// <summary>Ended in order.</summary>
    Stopped,
}

/// <summary>What upkeep does, has done and will do next, at one moment.</summary>
public sealed record UpkeepStatus
{
    /// <summary>How it is.</summary>
    public required UpkeepState State { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Restarts of the loop since the process started.</summary>
    public long Restarts { get; init; }

    /// <summary>The last failure that stopped the loop, also when it runs again.</summary>
    public string? LastError { get; init; }

    /// <summary>Passes of the loop.</summary>
    public long Passes { get; init; }

    /// <summary>When the last pass ended.</summary>
    public DateTimeOffset? LastPass { get; init; }

    /// <summary>The periodic ticks, in the order in which they run.</summary>
    public ImmutableArray<TickStatus> Ticks { get; init; } = [];

    /// <summary>The objects that are persisted.</summary>
    public ImmutableArray<PersistenceStatus> Persistence { get; init; } = [];

    /// <summary>The event pump.</summary>
    public required EventPumpStatus Events { get; init; }

    /// <summary>The last sleep of the machine that was noticed.</summary>
    public DateTimeOffset? LastResumed { get; init; }

    /// <summary>How long it was asleep.</summary>
    public TimeSpan? LastSleep { get; init; }

    /// <summary>Backups of the store; empty without any.</summary>
    public ImmutableArray<BackupStatus> Backups { get; init; } = [];
}

/// <summary>One periodic tick.</summary>
/// <param name="Name">Its name, as in the settings.</param>
/// <param name="Interval">Fixed delay between the end of one run and the start of the next.</param>
/// <param name="Last">When it last ended.</param>
/// <param name="Next">When it is due; null while it runs or is not armed.</param>
/// <param name="Runs">How often it ran, failures included.</param>
/// <param name="Failures">How often it failed.</param>
/// <param name="LastError">Its last failure.</param>
/// <param name="LastDuration">How long the last run took.</param>
public sealed record TickStatus(
    string Name, TimeSpan Interval, DateTimeOffset? Last, DateTimeOffset? Next, long Runs, long Failures, string? LastError, TimeSpan? LastDuration);

/// <summary>One persisted object: it is dirty while <paramref name="PersistedVersion"/> is lower than <paramref name="Version"/>.</summary>
/// <param name="Name">manager, network_graph, scorer or liquidity_manager.</param>
/// <param name="Critical">Whether upkeep stops when it cannot be persisted.</param>
/// <param name="Version">How often it changed since the process started.</param>
/// <param name="PersistedVersion">The change up to which it is durable.</param>
/// <param name="Writing">Whether a write is under way.</param>
/// <param name="LastWritten">When it was last durable.</param>
/// <param name="LastBytes">Its size then.</param>
/// <param name="Failures">Failed writes.</param>
/// <param name="FailuresInARow">Failed writes since the last good one.</param>
/// <param name="NextAttempt">When it is tried again after a failure.</param>
/// <param name="LastError">Its last failure.</param>
public sealed record PersistenceStatus(
    string Name,
    bool Critical,
    long Version,
    long PersistedVersion,
    bool Writing,
    DateTimeOffset? LastWritten,
    long LastBytes,
    long Failures,
    int FailuresInARow,
    DateTimeOffset? NextAttempt,
    string? LastError);

/// <summary>The event pump.</summary>
public sealed record EventPumpStatus
{
    /// <summary>Events that the handler took.</summary>
    public long Handled { get; init; }

    /// <summary>Deliveries that ended in a replay.</summary>
    public long Replays { get; init; }

    /// <summary>The kind of the event that is with the handler or waits for its next attempt.</summary>
    public string? Current { get; init; }

    /// <summary>Which attempt that is, from 1.</summary>
    public int Attempt { get; init; }

    /// <summary>When the next attempt is made, while it waits for one.</summary>
    public DateTimeOffset? NextAttempt { get; init; }

    /// <summary>The last reason for a replay.</summary>
    public string? LastError { get; init; }

    /// <summary>Events that the handler refused too often; they are kept in the store until an operator decides.</summary>
    public ImmutableArray<ParkedEvent> Parked { get; init; } = [];
}

/// <summary>An event that the handler refused too often.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="Kind">The event's kind.</param>
/// <param name="At">When it was parked.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Error">The last reason.</param>
public sealed record ParkedEvent(string Id, string Kind, DateTimeOffset At, int Attempts, string Error);

/// <summary>One backup of the store.</summary>
/// <param name="Name">Where it is. Never a secret.</param>
/// <param name="InSync">Whether it holds what the primary holds.</param>
/// <param name="PendingKeys">How many values it lacks.</param>
/// <param name="BehindSince">Since when.</param>
/// <param name="Failures">Failed writes.</param>
/// <param name="LastError">Its last failure.</param>
public sealed record BackupStatus(string Name, bool InSync, int PendingKeys, DateTimeOffset? BehindSince, long Failures, string? LastError);

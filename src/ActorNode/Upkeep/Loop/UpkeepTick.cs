namespace ActorNode.Upkeep;

/// <summary>The periodic ticks, in the order in which they run.</summary>
internal enum UpkeepTick
{
    HtlcBatch,
    Freshness,
    Archive,
    Prune,
    Scorer,
    Sweep,
    OnionMessages,
    Ping,
    Rebroadcast,
}

/// <summary>
/// One tick: a fixed delay, armed when its work is done. Pure. It is due when its timer fired, or when the clock says so: after a sleep every
/// tick is due at once, whichever timer comes first. A clock that was set back delays none and hurries none: the timer fires.
/// </summary>
internal readonly record struct TickState
{
    public TimeSpan Interval { get; init; }

    /// <summary>Since when the delay runs; null: it is not armed.</summary>
    public DateTimeOffset? ArmedAt { get; init; }

    /// <summary>Counts the armings: a timer of an earlier one says nothing.</summary>
    public long Epoch { get; init; }

    public bool Fired { get; init; }

    public DateTimeOffset? Last { get; init; }

    public long Runs { get; init; }

    public long Failures { get; init; }

    public string? LastError { get; init; }

    public TimeSpan? LastDuration { get; init; }

    public DateTimeOffset? Next => ArmedAt + Interval;

    public bool IsDue(DateTimeOffset now) => ArmedAt is { } armed && (Fired || now - armed >= Interval);

    /// <summary>For a tick without a timer: it is due as well when the clock was set back.</summary>
    public bool IsDueWithoutTimer(DateTimeOffset now) => IsDue(now) || ArmedAt > now;

    /// <summary>How long it has been due.</summary>
    public TimeSpan Lateness(DateTimeOffset now) => Next is { } next && now > next ? now - next : TimeSpan.Zero;

    public TickState Armed(DateTimeOffset now, TimeSpan interval) =>
        this with { ArmedAt = now, Interval = interval, Epoch = Epoch + 1, Fired = false };

    public TickState Disarmed() => this with { ArmedAt = null, Epoch = Epoch + 1, Fired = false };

    public TickState WithTimer(long epoch) => ArmedAt is not null && epoch == Epoch ? this with { Fired = true } : this;

    public TickState Ran(DateTimeOffset now, TimeSpan duration, string? error) => this with
    {
        Last = now,
        LastDuration = duration,
        Runs = Runs + 1,
        Failures = Failures + (error is null ? 0 : 1),
        LastError = error ?? LastError,
    };
}

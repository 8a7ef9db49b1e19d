using ActorNode.Protocol.Upkeep;
using ActorNode.Storage;

namespace ActorNode.Upkeep;

/// <summary>
/// How the writes of one object stand. Pure. It is dirty while <see cref="PersistedVersion"/> is lower than <see cref="Version"/>, whatever
/// failed in between.
/// </summary>
internal sealed record WriterState(string Name, bool Critical)
{
    /// <summary>Changes that a write was asked for.</summary>
    public long Version { get; init; }

    public long PersistedVersion { get; init; }

    /// <summary>The version being written; null: none is.</summary>
    public long? Writing { get; init; }

    public DateTimeOffset? LastWritten { get; init; }

    public long LastBytes { get; init; }

    public long Failures { get; init; }

    public int FailuresInARow { get; init; }

    /// <summary>Failed attempts at what is asked for now: it starts anew when that was given up.</summary>
    public int Attempts { get; init; }

    public DateTimeOffset? NextAttempt { get; init; }

    public string? LastError { get; init; }

    public bool Dirty => PersistedVersion < Version;

    /// <summary>A write is asked for; without a version it is one more change.</summary>
    public WriterState Asked(long? version) => this with { Version = Math.Max(Version, version ?? Version + 1) };

    /// <summary>The write of all changes so far begins.</summary>
    public WriterState Begun(long version) => this with { Writing = version, NextAttempt = null };

    public WriterState Written(long bytes, DateTimeOffset now) => this with
    {
        PersistedVersion = Math.Max(PersistedVersion, Writing!.Value),
        Writing = null,
        LastWritten = now,
        LastBytes = bytes,
        FailuresInARow = 0,
        Attempts = 0,
    };

    /// <summary>
    /// The write failed. <see cref="NextAttempt"/> says when it is tried again; null: what is critical, or final, was tried often enough and
    /// is given up, which loses no version.
    /// </summary>
    /// <param name="error">Why.</param>
    /// <param name="now">The time.</param>
    /// <param name="settings">The rules.</param>
    /// <param name="final">Somebody waits for the end of it.</param>
    /// <param name="random">From 0 to 1, spreads waits.</param>
    public WriterState Failed(string error, DateTimeOffset now, UpkeepPersistenceSettings settings, bool final, double random)
    {
        var failed = this with { Writing = null, Failures = Failures + 1, FailuresInARow = FailuresInARow + 1, Attempts = Attempts + 1, LastError = error };
        if (!Critical && !final)
            return failed with { NextAttempt = now + Backoff.Delay(failed.Attempts, settings.BestEffortMinBackoff, settings.BestEffortMaxBackoff, random) };
        return failed.Attempts > settings.Retries
            ? failed with { Attempts = 0, NextAttempt = null }
            : failed with { NextAttempt = now + Backoff.Delay(failed.Attempts, settings.MinBackoff, settings.MaxBackoff, random) };
    }

    public PersistenceStatus Status => new(
        Name, Critical, Version, PersistedVersion, Writing is not null, LastWritten, LastBytes, Failures, FailuresInARow, NextAttempt, LastError);
}

using ActorNode.Configuration;

namespace ActorNode.Messages;

/// <summary>Settings of the message writer: the section <c>actornode.messages</c>.</summary>
public sealed record MessagesSettings : ISettingsRules
{
    /// <summary>Most messages in one write to one account; more is refused as too large.</summary>
    [InRange("1", "1000000")]
    public int MaxBatchMessages { get; init; } = 10_000;

    /// <summary>Most bytes (bodies and ids, with a fixed overhead a message) in one write to one account.</summary>
    [Bytes, InRange("1 KiB", "1 GiB")]
    public long MaxBatchBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Longest body of one message, in bytes.</summary>
    [Bytes, InRange("1", "256 MiB")]
    public int MaxBodyBytes { get; init; } = 1024 * 1024;

    /// <summary>Most messages an account holds in memory, accepted and not yet committed; beyond it writes get Busy.</summary>
    [InRange("1", "100000000")]
    public int MaxPendingMessages { get; init; } = 50_000;

    /// <summary>Most bytes an account holds in memory, accepted and not yet committed; beyond it writes get Busy.</summary>
    [Bytes, InRange("1 KiB", "64 GiB")]
    public long MaxAccountPendingBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Most bytes that all accounts together hold in memory, accepted and not yet committed; beyond it writes get Busy.</summary>
    [Bytes, InRange("1 KiB", "64 GiB")]
    public long MaxPendingBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>What a Busy reply asks its sender to wait.</summary>
    [InRange("1 ms", "1 h")]
    public TimeSpan BusyRetryAfter { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Most rows of one account in one transaction, messages written and removed (a single larger write still goes whole), so that an
    /// account with a long queue leaves room for the others; their bytes are bounded by those of a transaction.
    /// </summary>
    [InRange("1", "1000000")]
    public int MaxCommitMessages { get; init; } = 1_000;

    /// <summary>Tries of a failing commit before the account degrades: refuses what it holds and what comes, and probes.</summary>
    [InRange("1", "1000")]
    public int MaxAttempts { get; init; } = 8;

    /// <summary>Wait before the second try of a failed commit; doubles with each further one.</summary>
    [InRange("1 ms", "1 h")]
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest wait between two tries, and between two probes of a degraded account.</summary>
    [InRange("1 ms", "1 h")]
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>An account's actor that did nothing for so long is stopped to save memory; the next message starts it again.</summary>
    [InRange("1 s", "365 d")]
    public TimeSpan PassivateAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A read runs at most this long before it fails.</summary>
    [InRange("10 ms", "1 h")]
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most reads under way at once; more wait in order.</summary>
    [InRange("1", "64")]
    public int ParallelReads { get; init; } = 4;

    /// <summary>Most reads that wait; more fail at once.</summary>
    [InRange("0", "1000000")]
    public int MaxWaitingReads { get; init; } = 1_000;

    /// <summary>Most messages (or accounts) in a page.</summary>
    [InRange("1", "100000")]
    public int MaxPage { get; init; } = 1_000;

    /// <summary>The transactions that many accounts share.</summary>
    public CommitSettings Commit { get; init; } = new();

    /// <summary>Removal of old messages.</summary>
    public RetentionSettings Retention { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Rule)> Problems()
    {
        if (MaxBodyBytes > MaxBatchBytes)
            yield return ("max-body-bytes", "is more than max-batch-bytes, so the longest body could never be written");
        if (MaxBatchMessages > MaxPendingMessages)
            yield return ("max-batch-messages", "is more than max-pending-messages, so the largest batch could never be accepted");
        if (MaxBatchBytes > MaxAccountPendingBytes)
            yield return ("max-batch-bytes", "is more than max-account-pending-bytes, so the largest batch could never be accepted");
        if (MaxAccountPendingBytes > MaxPendingBytes)
            yield return ("max-account-pending-bytes", "is more than max-pending-bytes, so one account could take all of it");
        if (MinBackoff > MaxBackoff)
            yield return ("min-backoff", "is longer than max-backoff");
    }
}

/// <summary>Settings of the commit actor: the section <c>actornode.messages.commit</c>.</summary>
public sealed record CommitSettings
{
    /// <summary>A transaction takes no further command once it has so many rows.</summary>
    [InRange("1", "1000000")]
    public int MaxRows { get; init; } = 5_000;

    /// <summary>A transaction takes no further command once it has so many bytes.</summary>
    [Bytes, InRange("1 KiB", "1 GiB")]
    public long MaxBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>
    /// How long a transaction below its limits waits for more commands, counted from its first one. Zero: not at all; whatever arrives
    /// while one transaction is written goes into the next anyway.
    /// </summary>
    [InRange("0", "10 s")]
    public TimeSpan MaxDelay { get; init; } = TimeSpan.Zero;
}

/// <summary>Settings of retention: the section <c>actornode.messages.retention</c>.</summary>
public sealed record RetentionSettings
{
    /// <summary>Messages received longer ago than this are removed. Null: off, everything is kept.</summary>
    [InRange("1 s", "36500 d")]
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Pause between the end of one round of removal and the start of the next.</summary>
    [InRange("1 s", "365 d")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Most messages removed by one command, so that removal never holds up writes.</summary>
    [InRange("1", "100000")]
    public int ChunkMessages { get; init; } = 500;
}

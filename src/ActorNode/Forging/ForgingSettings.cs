using ActorNode.Configuration;

namespace ActorNode.Forging;

/// <summary>Settings of the forge worker: the section <c>actornode.forging</c>.</summary>
public sealed record ForgingSettings : ISettingsRules
{
    /// <summary>Most requests of one key that wait; more are rejected.</summary>
    [InRange("1", "100000")]
    public int MaxPending { get; init; } = 64;

    /// <summary>Most votes in one batch; a longer one is rejected.</summary>
    [InRange("1", "1000000")]
    public int MaxBatchVotes { get; init; } = 10_000;

    /// <summary>Most bytes to sign, and most of a block's content.</summary>
    [Bytes, InRange("80", "64 MiB")]
    public int MaxPayloadBytes { get; init; } = 1024 * 1024;

    /// <summary>Most blocks in preparation at once; more are rejected.</summary>
    [InRange("1", "10000")]
    public int MaxPreparations { get; init; } = 64;

    /// <summary>A preparation that takes longer has failed.</summary>
    [InRange("10 ms", "1 d")]
    public TimeSpan PreparationTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A call of a signer that takes longer has failed, and its key signs nothing until it ends. Null: a call may take for ever.
    /// </summary>
    [InRange("10 ms", "1 d")]
    public TimeSpan? SigningTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The time that a duty has. A call of a signer is warned of with each third of it that a vote takes, and each half that a block takes.
    /// </summary>
    [InRange("10 ms", "1 d")]
    public TimeSpan DutyDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A key's actor that did nothing for so long is stopped to save memory; the next request starts it again.</summary>
    [InRange("1 s", "365 d")]
    public TimeSpan PassivateAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>So many events after a snapshot of a key's watermarks the next one is made.</summary>
    [InRange("1", "1000000")]
    public int SnapshotEvery { get; init; } = 200;

    /// <summary>Wait before a key's watermarks are read again after their store failed; doubles with each further failure in a row.</summary>
    [InRange("1 ms", "1 h")]
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest wait before they are read again.</summary>
    [InRange("1 ms", "1 h")]
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Pause between two listings of the signers' keys.</summary>
    [InRange("100 ms", "1 d")]
    public TimeSpan KeyRefresh { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A cancellation waits so long for the keys' counts.</summary>
    [InRange("10 ms", "1 h")]
    public TimeSpan CancelTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A stopping node gives the signers so long to end what they are signing.</summary>
    [InRange("0", "1 h")]
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Where signatures come from.</summary>
    public SignersSettings Signers { get; init; } = new();

    /// <summary>The remote signer protocol.</summary>
    public ForgingHttpSettings Http { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Rule)> Problems()
    {
        if (MinBackoff > MaxBackoff)
            yield return ("min-backoff", "is longer than max-backoff");
    }
}

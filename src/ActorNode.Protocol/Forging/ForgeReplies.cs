using System.Collections.Immutable;

namespace ActorNode.Protocol.Forging;

/// <summary>Why a request, or one key's part of it, was not accepted. Nothing of it is signed, and no watermark was raised.</summary>
public enum RejectReason
{
    /// <summary>The worker stops or has stopped.</summary>
    Stopping,

    /// <summary>The signers have not said yet which keys they have.</summary>
    NotReady,

    /// <summary>The key, or the preparation of blocks, has as many requests as it may hold.</summary>
    QueueFull,

    /// <summary>No signer has the key.</summary>
    UnknownKey,

    /// <summary>A batch names the key twice, or the key holds a duty of this request that is not done.</summary>
    Duplicate,

    /// <summary>A field breaks a rule; the detail names both.</summary>
    Invalid,

    /// <summary>The watermarks of the key cannot be read or written, so it signs nothing.</summary>
    WatermarksUnavailable,
}

/// <summary>What the forge worker and its delegates answer.</summary>
public static class ForgeReplies
{
    /// <summary>The key holds the duty. What becomes of it is an event.</summary>
    public sealed record Accepted(ForgeRequestId Id, ConsensusKeyId Key);

    /// <summary>See <see cref="RejectReason"/>. <paramref name="Key"/> is null when the whole request is rejected.</summary>
    public sealed record Rejected(ForgeRequestId Id, ConsensusKeyId? Key, RejectReason Reason, string Detail);

    /// <summary>How many duties one key dropped.</summary>
    public readonly record struct CancelledKey(ConsensusKeyId Key, int Count);

    /// <summary>What a cancellation dropped, by key in ordinal order; keys that had nothing to drop are left out.</summary>
    /// <param name="Keys">Counts.</param>
    /// <param name="Unanswered">Keys that did not say in time.</param>
    public sealed record Cancelled(ImmutableArray<CancelledKey> Keys, ImmutableArray<ConsensusKeyId> Unanswered)
    {
        /// <summary>Of all keys.</summary>
        public int Count => Keys.Sum(key => key.Count);
    }

    /// <summary>Nothing is signed any more. <paramref name="Stuck"/>: keys whose signing was given up at the deadline.</summary>
    public sealed record Stopped(ImmutableArray<ConsensusKeyId> Stuck);

    /// <summary>The sender hears of events from here on.</summary>
    public sealed record Subscribed(ForgeFilter Filter);

    /// <summary>What an import changed. <paramref name="Kept"/>: marks that were as high or higher already, as they are.</summary>
    public sealed record MarksImported(ConsensusKeyId Key, ImmutableArray<Watermark> Raised, ImmutableArray<Watermark> Kept) : IWithConsensusKey;

    /// <summary>All marks of a key, by chain and kind.</summary>
    public sealed record MarksOfKey(ConsensusKeyId Key, ImmutableArray<Watermark> Marks) : IWithConsensusKey;

    /// <summary>The marks could not be read or raised. <paramref name="Invalid"/>: for the request's own fault.</summary>
    public sealed record MarksFailed(ConsensusKeyId Key, string Detail, bool Invalid) : IWithConsensusKey;

    /// <summary>A key in detail.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="Active">What it works on now.</param>
    /// <param name="Pending">What waits, first the next.</param>
    /// <param name="Quarantined">What a signer was asked for and did not answer in time; the key signs nothing meanwhile.</param>
    /// <param name="Marks">Empty while they cannot be read.</param>
    /// <param name="StoreError">Why the watermarks cannot be read or written; null: they can.</param>
    /// <param name="LastError">The last failure or refusal; never cleared.</param>
    public sealed record KeyState(
        ConsensusKeyId Key,
        ForgeDuty? Active,
        ImmutableArray<ForgeDuty> Pending,
        ForgeDuty? Quarantined,
        ImmutableArray<Watermark> Marks,
        string? StoreError,
        string? LastError) : IWithConsensusKey;

    /// <summary>A key at a glance. Counts are those since the node started.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="PublicKey">Null of a key that no signer has now.</param>
    /// <param name="Alias">The signer's name for it.</param>
    /// <param name="Held">Duties that it holds.</param>
    /// <param name="Quarantined">Its signer did not answer in time.</param>
    /// <param name="Signed">Duties done.</param>
    /// <param name="Unsigned">Duties failed or refused.</param>
    /// <param name="LastError">The last failure or refusal; never cleared.</param>
    public sealed record KeySummary(
        ConsensusKeyId Key, string? PublicKey, string? Alias, int Held, bool Quarantined, long Signed, long Unsigned, string? LastError);

    /// <summary>The keys of a node in ordinal order. <paramref name="Problem"/>: why the signers' keys are not known, or not up to date.</summary>
    public sealed record KeyList(ImmutableArray<KeySummary> Keys, string? Problem);
}

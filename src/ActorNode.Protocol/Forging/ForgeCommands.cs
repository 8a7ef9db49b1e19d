using System.Collections.Immutable;

namespace ActorNode.Protocol.Forging;

/// <summary>A request to the forge worker for signatures.</summary>
public interface IForgeRequest
{
    /// <summary>The caller's name for it.</summary>
    ForgeRequestId Id { get; }

    /// <summary>Who asks: see <see cref="ForgeDuty.Source"/>. May be empty.</summary>
    string Source { get; }
}

/// <summary>What the forge worker does. Requests of one sender for one key are signed in the order sent, one at a time.</summary>
public static class ForgeCommands
{
    /// <summary>
    /// Prepare a block, then sign it. Reply: <see cref="ForgeReplies.Accepted"/> when its preparation begins, or
    /// <see cref="ForgeReplies.Rejected"/>. The key signs other things meanwhile. What becomes of it is an event.
    /// </summary>
    /// <param name="Id">The caller's name for it.</param>
    /// <param name="Key">The key that bakes.</param>
    /// <param name="Chain">The chain.</param>
    /// <param name="At">Level and round of the block.</param>
    /// <param name="Content">What the block is made of, for the node's block preparer; the bytes to sign where there is none.</param>
    public sealed record ForgeAndSignBlock(ForgeRequestId Id, ConsensusKeyId Key, ChainName Chain, LevelRound At, ReadOnlyMemory<byte> Content)
        : IForgeRequest, IWithConsensusKey
    {
        /// <inheritdoc/>
        public string Source { get; init; } = "";

        /// <summary>Sign even what the watermark refuses. No mark is lowered. It can be slashed: an operator's last resort.</summary>
        public bool Force { get; init; }
    }

    /// <summary>One key's part of a batch: the bytes to sign, magic byte first.</summary>
    public readonly record struct Vote(ConsensusKeyId Key, ReadOnlyMemory<byte> Payload);

    /// <summary>
    /// Sign the preattestations of several keys, all of one level and round. Reply for each key: <see cref="ForgeReplies.Accepted"/> or
    /// <see cref="ForgeReplies.Rejected"/>; a batch that names a key twice or breaks a rule is rejected whole. What becomes of each vote is
    /// an event. Every vote is with its delegate before the sender's next message is looked at.
    /// </summary>
    public sealed record ForgeAndSignPreattestations(ForgeRequestId Id, ChainName Chain, LevelRound At, ImmutableArray<Vote> Votes) : IForgeRequest
    {
        /// <inheritdoc/>
        public string Source { get; init; } = "";

        /// <inheritdoc cref="ForgeAndSignBlock.Force"/>
        public bool Force { get; init; }
    }

    /// <summary>As <see cref="ForgeAndSignPreattestations"/>, of attestations.</summary>
    public sealed record ForgeAndSignAttestations(ForgeRequestId Id, ChainName Chain, LevelRound At, ImmutableArray<Vote> Votes) : IForgeRequest
    {
        /// <inheritdoc/>
        public string Source { get; init; } = "";

        /// <inheritdoc cref="ForgeAndSignBlock.Force"/>
        public bool Force { get; init; }
    }

    /// <summary>
    /// Sign bytes for somebody who waits for the signature. Reply, when it is known what became of it: <see cref="ForgeEvents.PayloadSigned"/>,
    /// <see cref="ForgeEvents.ForgeRefused"/>, <see cref="ForgeEvents.ForgeFailed"/>, <see cref="ForgeEvents.ForgeCancelled"/> or
    /// <see cref="ForgeReplies.Rejected"/>.
    /// </summary>
    /// <param name="Id">The caller's name for it.</param>
    /// <param name="Key">The key that signs.</param>
    /// <param name="Kind">What is signed.</param>
    /// <param name="Chain">The chain; empty of an operation.</param>
    /// <param name="At">Level and round; zeros of an operation.</param>
    /// <param name="Payload">The bytes to sign, magic byte first.</param>
    public sealed record SignPayload(ForgeRequestId Id, ConsensusKeyId Key, ForgeKind Kind, ChainName Chain, LevelRound At, ReadOnlyMemory<byte> Payload)
        : IForgeRequest, IWithConsensusKey
    {
        /// <inheritdoc/>
        public string Source { get; init; } = "";

        /// <summary>What happens to a payload equal to the watermark.</summary>
        public WatermarkRule Rule { get; init; } = WatermarkRule.Signer;
    }

    /// <summary>
    /// Drop what waits and was not begun; null narrows nothing. What is being signed, and what is being prepared, goes on: some signers cannot
    /// be stopped. What was dropped has burnt no watermark and may be asked for again. Reply: <see cref="ForgeReplies.Cancelled"/>.
    /// </summary>
    public sealed record CancelPending(ConsensusKeyId? Key = null, ChainName? Chain = null, int? Level = null, string? Source = null)
    {
        /// <summary>Everything that waits, of all keys.</summary>
        public static CancelPending All { get; } = new();

        /// <summary>Everything that waits of one key.</summary>
        public static CancelPending OfKey(ConsensusKeyId key) => new(Key: key);

        /// <summary>Everything that waits of one level, of all keys.</summary>
        public static CancelPending OfLevel(int level) => new(Level: level);

        /// <summary>Whether a duty is to be dropped.</summary>
        public bool Covers(ForgeDuty duty) =>
            (Key is null || Key == duty.Key)
            && (Chain is null || Chain == duty.Chain)
            && (Level is null || Level == duty.At.Level)
            && (Source is null || Source == duty.Source);
    }

    /// <summary>
    /// Take no more requests, drop what waits and wait for what is being signed. Reply: <see cref="ForgeReplies.Stopped"/>. Final.
    /// </summary>
    /// <param name="Deadline">What is not signed by then is given up, and its keys are named in the reply. Null: none.</param>
    public sealed record Stop(TimeSpan? Deadline = null);

    /// <summary>Tell the sender of events. A second one replaces the filter. Reply: <see cref="ForgeReplies.Subscribed"/>. Ends with the subscriber.</summary>
    public sealed record Subscribe(ForgeFilter Filter)
    {
        /// <summary>Of all events.</summary>
        public Subscribe()
            : this(ForgeFilter.Everything)
        {
        }
    }

    /// <summary>End the sender's subscription. No reply.</summary>
    public sealed record Unsubscribe
    {
        /// <summary>The only instance.</summary>
        public static readonly Unsubscribe Instance = new();

        private Unsubscribe()
        {
        }
    }

    /// <summary>
    /// Raise watermarks of a key to those of another store; no mark is ever lowered. Reply: <see cref="ForgeReplies.MarksImported"/>,
    /// <see cref="ForgeReplies.MarksFailed"/>. The key need not be one that the node signs with yet.
    /// </summary>
    public sealed record ImportMarks(ConsensusKeyId Key, ImmutableArray<Watermark> Marks) : IWithConsensusKey
    {
        /// <summary>Raises one mark: nothing up to there will be signed.</summary>
        public static ImportMarks Raise(ConsensusKeyId key, ChainName chain, ForgeKind kind, LevelRound at) => new(key, [new Watermark(chain, kind, at)]);
    }
}

/// <summary>Which events a subscriber hears of; null narrows nothing.</summary>
/// <param name="Source">Requests of one source.</param>
/// <param name="Keys">Duties of these keys.</param>
/// <param name="Chain">Duties on one chain.</param>
/// <param name="SuccessOnly">Signatures, but no failure, refusal or cancellation.</param>
public sealed record ForgeFilter(string? Source = null, ImmutableHashSet<ConsensusKeyId>? Keys = null, ChainName? Chain = null, bool SuccessOnly = false)
{
    /// <summary>All events.</summary>
    public static ForgeFilter Everything { get; } = new();

    /// <summary>Whether the event is one of them.</summary>
    public bool Covers(IForgeEvent forgeEvent)
    {
        var duty = forgeEvent.Duty;
        return (Source is null || Source == duty.Source)
            && (Keys is null || Keys.Contains(duty.Key))
            && (Chain is null || Chain == duty.Chain)
            && (!SuccessOnly || forgeEvent is IForgeSuccess);
    }
}

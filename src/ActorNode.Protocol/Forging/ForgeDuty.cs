namespace ActorNode.Protocol.Forging;

/// <summary>Every message addressed to one delegate carries its consensus key; routing reads nothing else.</summary>
public interface IWithConsensusKey
{
    /// <summary>The key that the message is about.</summary>
    ConsensusKeyId Key { get; }
}

/// <summary>The caller's name for a request, echoed in every answer and event: the correlation id. 1 to 256 bytes without control characters.</summary>
public readonly record struct ForgeRequestId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The id of a chain, in base58. Watermarks of one chain say nothing of another.</summary>
public readonly record struct ChainName(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>What is signed. All but operations have a watermark.</summary>
public enum ForgeKind
{
    /// <summary>A block header.</summary>
    Block,

    /// <summary>A vote of the first phase of a round.</summary>
    Preattestation,

    /// <summary>A vote of the second phase.</summary>
    Attestation,

    /// <summary>Anything else; it has no level and no round and can be signed any number of times.</summary>
    Operation,
}

/// <summary>Where a duty belongs in a chain. Ordered by level, then by round.</summary>
public readonly record struct LevelRound(int Level, int Round) : IComparable<LevelRound>
{
    /// <inheritdoc/>
    public int CompareTo(LevelRound other) => Level != other.Level ? Level.CompareTo(other.Level) : Round.CompareTo(other.Round);

    public static bool operator <(LevelRound left, LevelRound right) => left.CompareTo(right) < 0;

    public static bool operator >(LevelRound left, LevelRound right) => left.CompareTo(right) > 0;

    public static bool operator <=(LevelRound left, LevelRound right) => left.CompareTo(right) <= 0;

    public static bool operator >=(LevelRound left, LevelRound right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => $"level {Level}, round {Round}";
}

/// <summary>What a delegate makes of a request that is equal to its watermark.</summary>
public enum WatermarkRule
{
    /// <summary>Refuses it, whatever its payload: for those who ask once, as a baker does.</summary>
    Baker,

    /// <summary>
    /// Answers an equal payload with the signature that is stored, or signs it again when none is: for those who ask again when an answer
    /// was lost, as the clients of a remote signer do. Another payload is refused.
    /// </summary>
    Signer,
}

/// <summary>One signature of one key: what events and answers are about.</summary>
/// <param name="Id">Of the request that it is part of.</param>
/// <param name="Key">The key that signs.</param>
/// <param name="Kind">What is signed.</param>
/// <param name="Chain">The chain; empty of an operation.</param>
/// <param name="At">Level and round; zeros of an operation.</param>
/// <param name="Source">Who asked, for subscribers that want to hear of their own requests alone. May be empty.</param>
public sealed record ForgeDuty(ForgeRequestId Id, ConsensusKeyId Key, ForgeKind Kind, ChainName Chain, LevelRound At, string Source) : IWithConsensusKey;

/// <summary>
/// The highest level and round of a kind that a key was allowed to sign on a chain.
/// </summary>
/// <param name="Chain">The chain.</param>
/// <param name="Kind">Never an operation.</param>
/// <param name="At">Level and round.</param>
/// <param name="PayloadHash">What was signed there: 64 small hexadecimal digits; null when it is not known.</param>
/// <param name="Signature">Null when none is known: it may have been made nevertheless.</param>
public sealed record Watermark(ChainName Chain, ForgeKind Kind, LevelRound At, string? PayloadHash = null, string? Signature = null);

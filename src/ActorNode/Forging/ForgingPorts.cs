using ActorNode.Protocol.Forging;

namespace ActorNode.Forging;

/// <summary>What the forge worker works with.</summary>
/// <param name="Signer">Where signatures come from.</param>
/// <param name="Preparer">Makes blocks; null: a block request's content is the bytes to sign.</param>
/// <param name="Reader">Reads the bytes to sign; null: callers are believed what they say of them.</param>
public sealed record ForgingPorts(ISigner Signer, IBlockPreparer? Preparer = null, IPayloadReader? Reader = null);

/// <summary>
/// Makes blocks: chooses operations, computes headers, works for the proof of work. Takes seconds, is called from any thread and for several
/// blocks at once, and never holds up a key's other duties. Signs nothing.
/// </summary>
public interface IBlockPreparer
{
    /// <summary>Fails with the reason as the message of an exception. Cancelled when nobody waits for it any more.</summary>
    Task<PreparedBlock> PrepareAsync(ForgeCommands.ForgeAndSignBlock block, CancellationToken cancellationToken);
}

/// <summary>A block to sign.</summary>
/// <param name="Payload">The bytes to sign, magic byte first.</param>
/// <param name="At">The level and the round that its header has.</param>
/// <param name="Content">What goes with it to those who hear of its signature, such as its operations.</param>
public sealed record PreparedBlock(ReadOnlyMemory<byte> Payload, LevelRound At, ReadOnlyMemory<byte> Content = default);

/// <summary>
/// Reads what is about to be signed, so that no watermark can be passed by a wrong word about it. Thread-safe, takes microseconds.
/// </summary>
public interface IPayloadReader
{
    /// <exception cref="FormatException">The bytes are nothing that may be signed; the message names field and rule.</exception>
    PayloadFacts Read(ReadOnlySpan<byte> payload);
}

/// <summary>What bytes say of themselves.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="Chain">Empty of an operation.</param>
/// <param name="At">Zeros of an operation.</param>
/// <param name="Hash">Tells equal payloads from different ones: 64 small hexadecimal digits, always of the same function.</param>
public readonly record struct PayloadFacts(ForgeKind Kind, ChainName Chain, LevelRound At, string Hash);

namespace ActorNode.Protocol.Forging;

/// <summary>What became of one duty. Each accepted duty has exactly one such event.</summary>
public interface IForgeEvent
{
    /// <summary>The duty.</summary>
    ForgeDuty Duty { get; }
}

/// <summary>A duty that was done.</summary>
public interface IForgeSuccess : IForgeEvent
{
    /// <summary>The bytes that were signed, magic byte first.</summary>
    ReadOnlyMemory<byte> Payload { get; }

    /// <summary>In base58.</summary>
    string Signature { get; }
}

/// <summary>Why a duty failed.</summary>
public enum ForgeFailure
{
    /// <summary>The block could not be prepared. No watermark was raised.</summary>
    PreparationFailed,

    /// <summary>A key's queue was full when its block was prepared.</summary>
    QueueFull,

    /// <summary>The watermarks cannot be read or written, so nothing is signed.</summary>
    WatermarksUnavailable,

    /// <summary>The signer could not be reached, or cannot sign now. Nothing was signed.</summary>
    SignerUnavailable,

    /// <summary>The signer said no. Nothing was signed.</summary>
    SignerRefused,

    /// <summary>What came back does not verify, and is not passed on. Something may have been signed.</summary>
    SignatureMismatch,

    /// <summary>The signer did not answer in time. It may sign yet; until it answers, its key signs nothing else.</summary>
    SigningTimeout,

    /// <summary>The call ended, and nobody can tell whether it signed.</summary>
    OutcomeUnknown,

    /// <summary>The node stopped, or the delegate failed, before the duty was done. It may have been signed.</summary>
    Interrupted,

    /// <summary>The signer failed in a way that it should not.</summary>
    SignerFailed,
}

/// <summary>What subscribers of the forge worker hear, each of the duties that its filter covers.</summary>
public static class ForgeEvents
{
    /// <summary>A block is signed. <paramref name="Content"/> is what its preparer wants to go with it.</summary>
    public sealed record BlockReady(ForgeDuty Duty, ReadOnlyMemory<byte> Payload, string Signature, ReadOnlyMemory<byte> Content) : IForgeSuccess;

    /// <summary>A preattestation is signed.</summary>
    public sealed record PreattestationReady(ForgeDuty Duty, ReadOnlyMemory<byte> Payload, string Signature) : IForgeSuccess;

    /// <summary>An attestation is signed.</summary>
    public sealed record AttestationReady(ForgeDuty Duty, ReadOnlyMemory<byte> Payload, string Signature) : IForgeSuccess;

    /// <summary>
    /// What was asked for by <see cref="ForgeCommands.SignPayload"/> is signed. <paramref name="Stored"/>: with the signature made for the
    /// same bytes before.
    /// </summary>
    public sealed record PayloadSigned(ForgeDuty Duty, ReadOnlyMemory<byte> Payload, string Signature, bool Stored) : IForgeSuccess;

    /// <summary>There is no signature.</summary>
    public sealed record ForgeFailed(ForgeDuty Duty, ForgeFailure Reason, string Detail) : IForgeEvent;

    /// <summary>The watermark forbids it: signing could be punished. <paramref name="Code"/> is a short name of the rule.</summary>
    public sealed record ForgeRefused(ForgeDuty Duty, string Code, string Detail) : IForgeEvent;

    /// <summary>It was dropped before it was begun. Its watermark is as before: it may be asked for again.</summary>
    public sealed record ForgeCancelled(ForgeDuty Duty) : IForgeEvent;
}

/// <summary>What happens to keys, on the actor system's event stream.</summary>
public static class ForgeKeyEvents
{
    /// <summary>A call of the signer took too long. Until it ends the key signs nothing.</summary>
    public sealed record KeyQuarantined(ForgeDuty Duty) : IWithConsensusKey
    {
        /// <inheritdoc/>
        public ConsensusKeyId Key => Duty.Key;
    }

    /// <summary>The late call ended: the key signs again.</summary>
    public sealed record KeyReleased(ConsensusKeyId Key) : IWithConsensusKey;

    /// <summary>The watermarks of a key cannot be read or written: it signs nothing until they can.</summary>
    public sealed record WatermarksLost(ConsensusKeyId Key, string Error) : IWithConsensusKey;

    /// <summary>They can again.</summary>
    public sealed record WatermarksFound(ConsensusKeyId Key) : IWithConsensusKey;
}

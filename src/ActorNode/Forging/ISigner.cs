using System.Collections.Immutable;
using ActorNode.Protocol.Forging;

namespace ActorNode.Forging;

/// <summary>A key that a signer can sign with. <paramref name="PublicKey"/> is in base58.</summary>
public sealed record SignerKey(ConsensusKeyId Id, string PublicKey, string? Alias);

/// <summary>
/// Where signatures come from. A signer knows nothing of watermarks: whoever calls it has recorded, durably, that this payload may be
/// signed. Calls may come from any thread and for several keys at once; a caller that wants one call at a time per key sees to it.
/// Cancelling a call abandons it: the signature may still be made.
/// </summary>
/// <exception cref="SignerUnavailableException">Nothing was signed; the call may be tried again.</exception>
/// <exception cref="SignerRefusedException">The signer says no; its message is the reason. Nothing was signed.</exception>
/// <exception cref="SignatureMismatchException">A signature came back and does not verify. It is not returned.</exception>
/// <exception cref="SigningOutcomeUnknownException">The call may have signed: the connection was lost after the request was sent.</exception>
public interface ISigner
{
    /// <summary>The keys that this signer can sign with now. Asked anew by every call: keys come and go while the node runs.</summary>
    ValueTask<ImmutableArray<SignerKey>> GetKeysAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Signs the bytes as they are (watermark byte first) with one key and returns the signature in base58. Never tries again by itself
    /// what may have been signed already.
    /// </summary>
    ValueTask<string> SignAsync(ConsensusKeyId key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);
}

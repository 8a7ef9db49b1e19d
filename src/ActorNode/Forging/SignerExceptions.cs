namespace ActorNode.Forging;

/// <summary>Why a signer gave no signature. Messages never hold secrets.</summary>
public abstract class SignerException(string message, Exception? inner) : Exception(message, inner);

/// <summary>Nothing was signed, and the call may be tried again: the signer could not be reached, or answered that it cannot now.</summary>
public sealed class SignerUnavailableException(string message, Exception? inner = null) : SignerException(message, inner);

/// <summary>The signer says no, and the message is its reason: unknown key, kind of payload not allowed, authentication. Nothing was signed.</summary>
public sealed class SignerRefusedException(string message, Exception? inner = null) : SignerException(message, inner);

/// <summary>What came back as a signature does not verify with the known public key, so nothing is returned. Something may have been signed.</summary>
public sealed class SignatureMismatchException(string message, Exception? inner = null) : SignerException(message, inner);

/// <summary>
/// The call may have signed, and nobody can tell: the connection was lost, or the time ran out, after the request was sent. The only
/// payload that may be asked for again is the same one.
/// </summary>
public sealed class SigningOutcomeUnknownException(string message, Exception? inner = null) : SignerException(message, inner);

using ActorNode.Ethereum.Keys;
using ActorNode.Ethereum.Words;

namespace ActorNode.Ethereum.Agreements;

/// <summary>The account that signs service agreements. Thread-safe and without waiting.</summary>
public interface IAgreementSigner
{
    /// <summary>The account.</summary>
    EthereumAddress Address { get; }

    /// <summary>65 bytes: R, S, and 0 or 1, over a digest of 32 bytes.</summary>
    byte[] Sign(ReadOnlySpan<byte> digest);
}

/// <summary>Signs with a key in memory.</summary>
public sealed class KeyAgreementSigner(Secp256k1Key key) : IAgreementSigner
{
    /// <inheritdoc/>
    public EthereumAddress Address => key.Address;

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlySpan<byte> digest) => key.Sign(digest);
}

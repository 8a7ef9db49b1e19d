using ActorNode.Forging;
using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Keys;

namespace ActorNode.Tezos.Signers;

/// <summary>A secret key with what the world knows it by. Owns the secret: disposing clears it.</summary>
public sealed class SigningKey : IDisposable
{
    private readonly SecretKey _secret;

    /// <exception cref="UnsupportedKeyTypeException">The key is a BLS key.</exception>
    public SigningKey(SecretKey secret, Network network, string? alias = null)
    {
        ArgumentNullException.ThrowIfNull(secret);
        _secret = secret;
        PublicKey = secret.GetPublicKey();
        Hash = PublicKey.Hash(network);
        Alias = alias;
    }

    public PublicKeyHash Hash { get; }

    public PublicKey PublicKey { get; }

    public string? Alias { get; }

    internal ConsensusKeyId Id => Hash.Id;

    public Signature Sign(ReadOnlySpan<byte> payload) => _secret.Sign(payload);

    /// <inheritdoc/>
    public void Dispose() => _secret.Dispose();

    /// <summary>The address, never the secret.</summary>
    public override string ToString() => Hash.ToString();

    internal SignerKey ToSignerKey() => new(Id, PublicKey.ToString(), Alias);
}

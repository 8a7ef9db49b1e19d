using System.Collections.Concurrent;
using System.Collections.Immutable;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Keys;

namespace ActorNode.Tezos.Signers;

/// <summary>
/// Lets no signature pass that does not verify with the public key, whatever the signer behind it is. The public key is the signer's
/// word, and is believed only when its hash is the key's id. It is asked for before the first signature of a key and kept.
/// </summary>
public sealed class VerifyingSigner(ISigner inner) : ISigner
{
    // Grows with the keys that were ever signed with or listed: a public key never changes.
    private readonly ConcurrentDictionary<ConsensusKeyId, PublicKey> _known = new();

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<SignerKey>> GetKeysAsync(CancellationToken cancellationToken)
    {
        var keys = await inner.GetKeysAsync(cancellationToken).ConfigureAwait(false);
        foreach (var key in keys)
            Learn(key);
        return keys;
    }

    /// <inheritdoc/>
    public async ValueTask<string> SignAsync(ConsensusKeyId key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (!_known.TryGetValue(key, out var publicKey))
        {
            await GetKeysAsync(cancellationToken).ConfigureAwait(false);
            if (!_known.TryGetValue(key, out publicKey))
                throw SignerErrors.UnknownKey(key);
        }

        if (publicKey.Type == KeyType.Bls12381)
            throw new SignerRefusedException($"{key} is a BLS key, whose signatures this node cannot verify");
        var text = await inner.SignAsync(key, payload, cancellationToken).ConfigureAwait(false);
        Signature signature;
        try
        {
            signature = Signature.Parse(text);
        }
        catch (TezosFormatException malformed)
        {
            throw new SignatureMismatchException($"the signer of {key} answered with no signature: {malformed.Message}", malformed);
        }

        return publicKey.Verify(payload.Span, signature) ? text : throw new SignatureMismatchException($"the signer of {key} answered with a signature that does not verify with its public key");
    }

    private void Learn(SignerKey key)
    {
        if (_known.ContainsKey(key.Id))
            return;
        try
        {
            var publicKey = PublicKey.Parse(key.PublicKey);
            if (publicKey.Hash(PublicKeyHash.Parse(key.Id.Value).Network).Id != key.Id)
                throw new SignatureMismatchException($"the signer's public key for {key.Id} has another hash");
            _known.TryAdd(key.Id, publicKey);
        }
        catch (TezosFormatException malformed)
        {
            throw new SignatureMismatchException($"the signer's public key for {key.Id} cannot be read: {malformed.Message}", malformed);
        }
    }
}

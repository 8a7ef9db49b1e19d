using System.Collections.Concurrent;
using System.Collections.Immutable;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Keys;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorNode.Tezos.Signers;

/// <summary>
/// Lets no signature pass that does not verify with the public key, whatever the signer behind it is. The public key is the signer's
/// word, and is believed only when its hash is the key's id: a key whose public key is not believed is not listed, harms no other, and
/// signs nothing. It is asked for before the first signature of a key and kept.
/// </summary>
public sealed class VerifyingSigner(ISigner inner, ILogger<VerifyingSigner>? log = null) : ISigner
{
    // Grows with the keys that were ever signed with or listed: a public key never changes.
    private readonly ConcurrentDictionary<ConsensusKeyId, PublicKey> _known = new();
    private readonly ILogger _log = log ?? NullLogger<VerifyingSigner>.Instance;

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<SignerKey>> GetKeysAsync(CancellationToken cancellationToken)
    {
        var keys = await inner.GetKeysAsync(cancellationToken).ConfigureAwait(false);
        return [.. keys.Where(key =>
        {
            if (ProblemOf(key) is not { } problem)
                return true;
            _log.LogWarning("The signer's key {Key} is not believed: {Problem}", key.Id, problem);
            return false;
        })];
    }

    /// <inheritdoc/>
    public async ValueTask<string> SignAsync(ConsensusKeyId key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (!_known.TryGetValue(key, out var publicKey))
            publicKey = await AskAsync(key, cancellationToken).ConfigureAwait(false);
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

    private async Task<PublicKey> AskAsync(ConsensusKeyId key, CancellationToken cancellationToken)
    {
        var keys = await inner.GetKeysAsync(cancellationToken).ConfigureAwait(false);
        var listed = keys.FirstOrDefault(each => each.Id == key) ?? throw SignerErrors.UnknownKey(key);
        return ProblemOf(listed) is { } problem ? throw new SignatureMismatchException($"the signer's public key for {key} is not believed: {problem}") : _known[key];
    }

    /// <summary>Why a public key is not believed; null once it is known.</summary>
    private string? ProblemOf(SignerKey key)
    {
        if (_known.ContainsKey(key.Id))
            return null;
        try
        {
            var publicKey = PublicKey.Parse(key.PublicKey);
            if (publicKey.Hash(PublicKeyHash.Parse(key.Id.Value).Network).Id != key.Id)
                return "it has another hash";
            _known.TryAdd(key.Id, publicKey);
            return null;
        }
        catch (TezosFormatException malformed)
        {
            return malformed.Message;
        }
    }
}

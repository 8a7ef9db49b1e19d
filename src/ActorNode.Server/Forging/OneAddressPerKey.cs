using System.Collections.Concurrent;
using System.Collections.Immutable;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;

namespace ActorNode.Server.Forging;

/// <summary>
/// Lists a public key under one address only, the first that was seen. Watermarks belong to addresses, and a key has one for each network: under
/// two of them it could be made to sign two payloads for one level and round.
/// </summary>
internal sealed class OneAddressPerKey(ISigner inner, ILogger<OneAddressPerKey> log) : ISigner
{
    // Both grow with the keys that were ever listed: a public key never changes its address.
    private readonly ConcurrentDictionary<string, ConsensusKeyId> _first = new();
    private readonly ConcurrentDictionary<ConsensusKeyId, bool> _listed = new();

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<SignerKey>> GetKeysAsync(CancellationToken cancellationToken)
    {
        var keys = await inner.GetKeysAsync(cancellationToken).ConfigureAwait(false);
        return [.. keys.Where(key =>
        {
            var first = _first.GetOrAdd(key.PublicKey, key.Id);
            if (first != key.Id)
                log.LogWarning("The key {Key} is also known as {Other} and signs under that address only: two addresses would have two sets of watermarks", key.Id, first);
            return first == key.Id && (_listed[key.Id] = true);
        })];
    }

    /// <inheritdoc/>
    public ValueTask<string> SignAsync(ConsensusKeyId key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        _listed.ContainsKey(key)
            ? inner.SignAsync(key, payload, cancellationToken)
            : ValueTask.FromException<string>(new SignerRefusedException($"{key} is not listed, or is known under another address"));
}

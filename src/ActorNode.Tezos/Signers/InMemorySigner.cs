using System.Collections.Frozen;
using System.Collections.Immutable;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;

namespace ActorNode.Tezos.Signers;

/// <summary>
/// Signs with keys that it is given, in the calling thread. For sandboxes and tests: nothing survives a restart. Owns the keys.
/// </summary>
public sealed class InMemorySigner : ISigner, IDisposable
{
    private readonly FrozenDictionary<ConsensusKeyId, SigningKey> _keys;
    private readonly ImmutableArray<SignerKey> _shown;

    /// <exception cref="ArgumentException">A key is given twice.</exception>
    public InMemorySigner(params IEnumerable<SigningKey> keys)
    {
        var given = keys.ToList();
        _shown = [.. given.Select(key => key.ToSignerKey())];
        if (_shown.DistinctBy(key => key.Id).Count() != _shown.Length)
            throw new ArgumentException("a key is given twice", nameof(keys));
        _keys = given.ToFrozenDictionary(key => key.Id);
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<SignerKey>> GetKeysAsync(CancellationToken cancellationToken) => new(_shown);

    /// <inheritdoc/>
    public ValueTask<string> SignAsync(ConsensusKeyId key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<string>(cancellationToken)
        : _keys.TryGetValue(key, out var signing) ? new(signing.Sign(payload.Span).ToString())
        : ValueTask.FromException<string>(SignerErrors.UnknownKey(key));

    /// <summary>Clears the keys.</summary>
    public void Dispose()
    {
        foreach (var key in _keys.Values)
            key.Dispose();
    }
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorNode.Tezos.Signers;

/// <summary>
/// Several signers as one: a key is signed with by the signer that has it, the first in order where several do. A signer that does not
/// answer costs its own keys only: those that it listed before stay its own, and the others' are routed without asking it. It is warned of
/// when it stops to answer, or does so for another reason.
/// </summary>
public sealed class SignerSet : ISigner
{
    private readonly ImmutableArray<ISigner> _signers;
    private readonly ImmutableArray<SignerKey>[] _listed;
    private readonly ConcurrentDictionary<ConsensusKeyId, ISigner> _routes = new();
    private readonly Lock _lock = new();
    private readonly string?[] _problems;
    private readonly ILogger _log;

    public SignerSet(params IEnumerable<ISigner> signers)
        : this(null, signers)
    {
    }

    public SignerSet(ILogger<SignerSet>? log, params IEnumerable<ISigner> signers)
    {
        _log = log ?? NullLogger<SignerSet>.Instance;
        _signers = [.. signers];
        _problems = new string?[_signers.Length];
        _listed = [.. _signers.Select(_ => ImmutableArray<SignerKey>.Empty)];
    }

    /// <summary>The keys of all signers, of one that does not answer those that it listed last. Fails only when none answers.</summary>
    public async ValueTask<ImmutableArray<SignerKey>> GetKeysAsync(CancellationToken cancellationToken)
    {
        var failures = (await Task.WhenAll(Ask(cancellationToken)).ConfigureAwait(false)).OfType<SignerException>().ToList();
        if (failures.Count > 0 && failures.Count == _signers.Length)
            throw new SignerUnavailableException("no signer lists its keys: " + string.Join("; ", failures.Select(failure => failure.Message)), failures[0]);
        lock (_lock)
            return [.. _listed.SelectMany(keys => keys).DistinctBy(key => key.Id)];
    }

    /// <inheritdoc/>
    public async ValueTask<string> SignAsync(ConsensusKeyId key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (!_routes.TryGetValue(key, out var signer))
            signer = await FindAsync(key, cancellationToken).ConfigureAwait(false);
        return await signer.SignAsync(key, payload, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks all signers and waits no longer than for the one that has the key.</summary>
    private async Task<ISigner> FindAsync(ConsensusKeyId key, CancellationToken cancellationToken)
    {
        SignerException? failure = null;
        await foreach (var answer in Task.WhenEach(Ask(cancellationToken)).ConfigureAwait(false))
        {
            failure = await answer.ConfigureAwait(false) ?? failure;
            if (_routes.TryGetValue(key, out var signer))
                return signer;
        }

        throw failure is null
            ? SignerErrors.UnknownKey(key)
            : new SignerUnavailableException($"no signer that answers has the key {key}, and one does not answer: {failure.Message}", failure);
    }

    /// <summary>Asks every signer for its keys. Each task ends in the signer's failure, or null after its keys are routed.</summary>
    private List<Task<SignerException?>> Ask(CancellationToken cancellationToken) => [.. _signers.Select(async (signer, index) =>
    {
        try
        {
            var keys = await signer.GetKeysAsync(cancellationToken).ConfigureAwait(false);
            lock (_lock)
            {
                _listed[index] = keys;
                _problems[index] = null;
                Route();
            }

            return null;
        }
        catch (SignerException failure)
        {
            lock (_lock)
            {
                if (_problems[index] != failure.Message)
                    _log.LogWarning("A signer does not list its keys: {Problem}", failure.Message);
                _problems[index] = failure.Message;
            }

            return failure;
        }
    })];

    /// <summary>Routes by what is listed now, under the lock.</summary>
    private void Route()
    {
        var routes = new Dictionary<ConsensusKeyId, ISigner>();
        for (var index = 0; index < _signers.Length; index++)
            foreach (var key in _listed[index])
                routes.TryAdd(key.Id, _signers[index]);
        foreach (var gone in _routes.Keys.Where(key => !routes.ContainsKey(key)))
            _routes.TryRemove(gone, out _);
        foreach (var (key, signer) in routes)
            _routes[key] = signer;
    }
}

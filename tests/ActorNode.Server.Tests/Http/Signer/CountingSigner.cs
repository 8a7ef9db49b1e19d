using System.Collections.Concurrent;
using System.Collections.Immutable;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Signers;

namespace ActorNode.Server.Tests.Http.Signer;

/// <summary>Keeps what it was asked to sign; fails, or does not answer, when it is told to.</summary>
internal sealed class CountingSigner(params IEnumerable<SigningKey> keys) : ISigner
{
    private readonly InMemorySigner _inner = new(keys);

    public ConcurrentQueue<byte[]> Signed { get; } = new();

    public Exception? Failure { get; set; }

    /// <summary>What it waits for before it answers.</summary>
    public Task? Hold { get; set; }

    public ValueTask<ImmutableArray<SignerKey>> GetKeysAsync(CancellationToken cancellationToken) => _inner.GetKeysAsync(cancellationToken);

    public async ValueTask<string> SignAsync(ConsensusKeyId id, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (Failure is { } failure)
            throw failure;
        Signed.Enqueue(payload.ToArray());
        if (Hold is { } hold)
            await hold.WaitAsync(cancellationToken);
        return await _inner.SignAsync(id, payload, cancellationToken);
    }
}

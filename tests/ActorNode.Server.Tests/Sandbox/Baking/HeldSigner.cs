using System.Collections.Immutable;
using System.Threading.Channels;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Requests;
using ActorNode.Tezos.Signers;

namespace ActorNode.Server.Tests.Sandbox.Baking;

/// <summary>A signer of real keys whose every call waits until the test lets it go.</summary>
internal sealed class HeldSigner(params ImmutableArray<SigningKey> keys) : ISigner, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly InMemorySigner _inner = new(keys);
    private readonly ImmutableDictionary<ConsensusKeyId, Channel<Call>> _calls = keys.ToImmutableDictionary(key => key.Hash.Id, _ => Channel.CreateUnbounded<Call>());

    public ValueTask<ImmutableArray<SignerKey>> GetKeysAsync(CancellationToken cancellationToken) => _inner.GetKeysAsync(cancellationToken);

    public async ValueTask<string> SignAsync(ConsensusKeyId key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var call = new Call(SignRequest.Decode(payload.Span), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _calls[key].Writer.TryWrite(call);
        await call.Go.Task.WaitAsync(cancellationToken);
        return await _inner.SignAsync(key, payload, cancellationToken);
    }

    /// <summary>The key's next call, which must be of this kind, level and round. It waits.</summary>
    public async Task<Call> NextAsync(SigningKey key, SignRequestKind kind, int level, int round)
    {
        using var patience = new CancellationTokenSource(Patience);
        var call = await _calls[key.Hash.Id].Reader.ReadAsync(patience.Token);
        return (call.Request.Kind, call.Request.Level, call.Request.Round) == (kind, level, round)
            ? call
            : throw new InvalidOperationException($"the signer is asked for a {call.Request.Kind} of level {call.Request.Level}, round {call.Request.Round}");
    }

    /// <summary>Whether the key is asked for something that was not taken yet.</summary>
    public bool IsAsked(SigningKey key) => _calls[key.Hash.Id].Reader.TryPeek(out _);

    public void Dispose() => _inner.Dispose();

    /// <summary>A call that waits.</summary>
    internal sealed record Call(SignRequest Request, TaskCompletionSource Go)
    {
        public void Sign() => Go.SetResult();
    }
}

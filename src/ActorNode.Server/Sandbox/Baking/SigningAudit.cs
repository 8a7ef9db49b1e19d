using System.Collections.Concurrent;
using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Requests;

namespace ActorNode.Server.Sandbox.Baking;

/// <summary>
/// Looks at everything that signers are asked for, from outside of forging: of one key and kind, levels and rounds may only rise, and one of them
/// has one payload. Thread-safe as long as a key's calls come one at a time, which it checks too.
/// </summary>
internal sealed class SigningAudit
{
    private readonly ConcurrentDictionary<(ConsensusKeyId Key, SignRequestKind Kind, ChainId Chain), Asked> _newest = new();
    private readonly ConcurrentDictionary<ConsensusKeyId, int> _running = new();
    private readonly ConcurrentQueue<string> _violations = new();

    /// <summary>What should not have been asked for.</summary>
    public IReadOnlyCollection<string> Violations => _violations;

    /// <summary>A signer is asked. Disposing the answer says that it has answered.</summary>
    public IDisposable Begin(ConsensusKeyId key, ReadOnlySpan<byte> payload)
    {
        if (_running.AddOrUpdate(key, 1, (_, running) => running + 1) > 1)
            _violations.Enqueue($"{key}: was asked while it was signing");
        var request = SignRequest.Decode(payload);
        if (request.Kind != SignRequestKind.Operation)
            Look(key, request, new Asked(new LevelRound(request.Level!.Value, request.Round!.Value), request.Digest));
        return new Call(() => _running.AddOrUpdate(key, 0, (_, running) => running - 1));
    }

    private void Look(ConsensusKeyId key, SignRequest request, Asked asked)
    {
        var name = (key, request.Kind, request.Chain!.Value);
        if (_newest.TryGetValue(name, out var newest))
        {
            if (asked.At < newest.At)
                _violations.Enqueue($"{key}: was asked for a {request.Kind} of {asked.At} after one of {newest.At}");
            else if (asked.At == newest.At && asked.Digest != newest.Digest)
                _violations.Enqueue($"{key}: was asked for two different payloads, a {request.Kind} of {asked.At}");
        }

        _newest[name] = asked;
    }

    private readonly record struct Asked(LevelRound At, Hash32 Digest);

    private sealed class Call(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}

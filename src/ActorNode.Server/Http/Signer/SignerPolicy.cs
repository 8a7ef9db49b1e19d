using System.Collections.Concurrent;
using System.Collections.Immutable;
using ActorNode.Forging;
using ActorNode.Server.Forging;
using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Requests;

namespace ActorNode.Server.Http.Signer;

/// <summary>What may be signed, before any watermark is looked at. Thread-safe.</summary>
internal sealed class SignerPolicy(ForgingHttpSettings settings)
{
    private readonly ChainId? _chain = settings.Chain is { } chain ? ChainId.Parse(chain) : null;
    private readonly ImmutableArray<byte> _everyKey = (settings with { KeyMagicBytes = [] }).MagicBytesOf("");

    // Only keys with bytes of their own: their number is the settings'.
    private readonly ConcurrentDictionary<string, ImmutableArray<byte>> _ownBytes = new(
        settings.KeyMagicBytes.Select(entry => entry.Split('=')[0].Trim()).Distinct().Select(key => KeyValuePair.Create(key, settings.MagicBytesOf(key))));

    /// <summary>Reads what is to be signed and checks that the key may sign it.</summary>
    /// <exception cref="SignerRefusal">It cannot be read, or must not be signed.</exception>
    public PayloadFacts Check(PublicKeyHash key, ReadOnlySpan<byte> payload)
    {
        var allowed = _ownBytes.GetValueOrDefault(key.ToString(), _everyKey);
        if (!allowed.Contains(payload[0]))
        {
            throw SignerRefusal.Forbidden(
                $"magic byte 0x{payload[0]:x2} not allowed for {key}, which signs {(allowed.IsEmpty ? "nothing" : string.Join(", ", allowed.Select(each => $"0x{each:x2}")))} (actornode.forging.http.magic-bytes and key-magic-bytes)");
        }

        SignRequest request;
        try
        {
            request = SignRequest.Decode(payload);
        }
        catch (TezosFormatException malformed)
        {
            throw SignerRefusal.Bad(malformed.Message);
        }

        if (_chain is { } mine && request.Chain is { } other && other != mine)
            throw SignerRefusal.Forbidden($"chain id: {other} is not {mine}, the chain that this node signs for (actornode.forging.http.chain)");
        return TezosPayloadReader.Of(request);
    }
}

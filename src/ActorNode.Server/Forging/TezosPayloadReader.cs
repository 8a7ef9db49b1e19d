using ActorNode.Forging;
using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Requests;

namespace ActorNode.Server.Forging;

/// <summary>Lets the delegates read what they sign, whoever asks: level and round come from the bytes, not from a word about them.</summary>
internal sealed class TezosPayloadReader : IPayloadReader
{
    /// <inheritdoc/>
    public PayloadFacts Read(ReadOnlySpan<byte> payload) => Of(SignRequest.Decode(payload));

    public static PayloadFacts Of(SignRequest request) => new(
        KindOf(request.Kind),
        new ChainName(request.Chain?.ToString() ?? ""),
        new LevelRound(request.Level ?? 0, request.Round ?? 0),
        HashOf(request));

    private static string HashOf(SignRequest request)
    {
        Span<byte> bytes = stackalloc byte[32];
        request.Digest.CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private static ForgeKind KindOf(SignRequestKind kind) => kind switch
    {
        SignRequestKind.Block => ForgeKind.Block,
        SignRequestKind.Preattestation => ForgeKind.Preattestation,
        SignRequestKind.Attestation => ForgeKind.Attestation,
        _ => ForgeKind.Operation,
    };
}

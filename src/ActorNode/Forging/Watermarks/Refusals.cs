using ActorNode.Protocol.Forging;

namespace ActorNode.Forging.Watermarks;

/// <summary>The words of the original baker and of the reference signer, which operators and their tools know.</summary>
internal static class Refusals
{
    public static MarkRefusal Of(in MarkRequest request, Watermark mark) =>
        request.Rule == WatermarkRule.Baker ? OfBaker(request) : OfSigner(request, mark);

    /// <summary>The baker names the level and the round that were asked for, not those of the mark.</summary>
    private static MarkRefusal OfBaker(in MarkRequest request)
    {
        var at = $"(level: {request.At.Level}, round: {request.At.Round})";
        return request.Kind switch
        {
            ForgeKind.Block => new("highwatermarks.block_previously_baked", $"A block with a higher watermark than the current one {at} was previously baked."),
            ForgeKind.Preattestation => new("highwatermarks.block_previously_preattested", $"A preattestation with a higher watermark than the current one {at} was already produced."),
            _ => new("highwatermarks.block_previously_attested", $"An attestation with a higher watermark than the current one {at} was already produced."),
        };
    }

    private static MarkRefusal OfSigner(in MarkRequest request, Watermark mark)
    {
        var (level, round) = (request.At.Level, request.At.Round);
        var kind = request.Kind.Name();
        if (level < mark.At.Level)
            return new("watermark.level", $"{kind} level {level} below high watermark {mark.At.Level}");
        return round < mark.At.Round
            ? new("watermark.round", $"{kind} level {level} and round {round} not above high watermark ({mark.At.Level},{mark.At.Round})")
            : new("watermark.data", $"{kind} level {level} and round {round} already signed with different data");
    }
}

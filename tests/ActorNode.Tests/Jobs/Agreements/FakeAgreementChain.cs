using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using ActorNode.Jobs.Agreements;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Tests.Jobs.Agreements;

/// <summary>A chain on which an id is the hash of the text, and a signature says who signed what how often.</summary>
internal sealed class FakeAgreementChain : IAgreementChain
{
    private int _signatures;

    public string? Account { get; set; } = "0xNode";

    public Encumbrance ReadTerms(JsonElement request) => new(
        request.TryGetProperty("payment", out var payment) ? new Juels(payment.GetInt64()) : null,
        request.TryGetProperty("expiration", out var expiration) ? expiration.GetUInt64() : 0,
        request.TryGetProperty("endAt", out var endAt) ? AnyTime.Read(endAt) : null,
        request.TryGetProperty("oracles", out var oracles) ? [.. oracles.EnumerateArray().Select(oracle => oracle.GetString()!)] : ImmutableArray<string>.Empty);

    public AgreementDraft Draft(JsonElement request, Encumbrance terms)
    {
        if (terms.EndAt?.Year > 2106)
            throw new FormatException("endAt: has no form");
        var text = JobData.Of(request);
        return new AgreementDraft(new AgreementId("0x" + Convert.ToHexStringLower(SHA256.HashData(text.Utf8.Span))), text.ToString());
    }

    public string Sign(AgreementId id) => $"{Account} signed {id} as number {Interlocked.Increment(ref _signatures)}";
}

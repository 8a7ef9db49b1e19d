using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ActorNode.Ethereum.Words;
using ActorNode.Jobs.Agreements;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Ethereum.Agreements;

/// <summary>Service agreements as Ethereum's contracts check them. Thread-safe.</summary>
/// <param name="signer">The node's account; null: there is none.</param>
public sealed class EthereumAgreements(IAgreementSigner? signer) : IAgreementChain
{
    /// <summary>The most oracles of an agreement.</summary>
    public const int MaxOracles = 1000;

    /// <inheritdoc/>
    public string? Account { get; } = signer?.Address.ToString();

    /// <inheritdoc/>
    public Encumbrance ReadTerms(JsonElement request) => new(
        ReadPayment(Find(request, "payment")), ReadExpiration(Find(request, "expiration")), ReadEndAt(Find(request, "endAt")), ReadOracles(Find(request, "oracles")));

    /// <inheritdoc/>
    public AgreementDraft Draft(JsonElement request, Encumbrance terms)
    {
        var body = NormalizedJson.Write(request);
        var digest = Keccak256.Hash(Encoding.UTF8.GetBytes(body));
        return new AgreementDraft(new AgreementId(Hex.Encode(Keccak256.Hash(EncumbranceAbi.Encode(terms), digest))), body);
    }

    /// <inheritdoc/>
    public string Sign(AgreementId id)
    {
        if (signer is null)
            throw new InvalidOperationException(AgreementRules.NoAccount);
        if (!Hex.TryDecode(id.Value, out var bytes))
            throw new ArgumentException("an agreement's id is 0x and hexadecimal digits", nameof(id));
        return Hex.Encode(signer.Sign(Keccak256.Hash(bytes)));
    }

    private static Juels? ReadPayment(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => null,
        JsonValueKind.String when Juels.TryParse(value.GetString()!, out var payment) => payment,
        _ => throw new FormatException("payment: an amount is a string of decimal digits"),
    };

    private static ulong ReadExpiration(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => 0,
        JsonValueKind.Number when ulong.TryParse(value.GetRawText(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) => seconds,
        _ => throw new FormatException("expiration: must be a whole number of seconds that is not negative"),
    };

    private static DateTimeOffset? ReadEndAt(JsonElement value)
    {
        try
        {
            return AnyTime.Read(value);
        }
        catch (FormatException wrong)
        {
            throw new FormatException($"endAt: {wrong.Message}", wrong);
        }
    }

    private static ImmutableArray<string> ReadOracles(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return [];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > MaxOracles)
            throw new FormatException($"oracles: must be an array of at most {MaxOracles} addresses");
        return [.. value.EnumerateArray().Select(oracle => EthereumAddress.ParseChecksummed(
            oracle.ValueKind == JsonValueKind.String ? oracle.GetString()! : throw new FormatException("oracles: an address is a string")).ToString())];
    }

    // The last of equal keys stands, as everywhere.
    private static JsonElement Find(JsonElement request, string key) => request.TryGetProperty(key, out var value) ? value : default;
}

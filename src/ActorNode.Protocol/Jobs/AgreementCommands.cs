using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorNode.Protocol.Jobs;

/// <summary>A service agreement: the hash of its terms and of its text, 0x and 64 lower-case hexadecimal digits.</summary>
[JsonConverter(typeof(AgreementIdJson))]
public readonly record struct AgreementId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>What an agreement binds its oracles to.</summary>
/// <param name="Payment">What each run is paid. Null: not said, which no valid agreement leaves open.</param>
/// <param name="Expiration">Seconds that an oracle has for an answer.</param>
/// <param name="EndAt">When the agreement ends. Null: not said.</param>
/// <param name="Oracles">Who takes part, as checksummed addresses, in the order of the agreement.</param>
public sealed record Encumbrance(Juels? Payment, ulong Expiration, DateTimeOffset? EndAt, ImmutableArray<string> Oracles);

/// <summary>A service agreement that this node has signed. Immutable: what is agreed on does not change.</summary>
/// <param name="Id">See <see cref="AgreementId"/>.</param>
/// <param name="CreatedAt">When it was accepted.</param>
/// <param name="Encumbrance">Its terms.</param>
/// <param name="RequestBody">The request in normalised form: the text that was hashed.</param>
/// <param name="Signature">By the node's account over the id: 0x and 130 hexadecimal digits, the recovery id (0 or 1) last.</param>
/// <param name="JobSpecId">The job that carries it out.</param>
public sealed record ServiceAgreement(
    [property: JsonRequired] AgreementId Id,
    [property: JsonRequired] DateTimeOffset CreatedAt,
    [property: JsonRequired] Encumbrance Encumbrance,
    [property: JsonRequired] string RequestBody,
    [property: JsonRequired] string Signature,
    [property: JsonRequired] JobId JobSpecId);

/// <summary>What changes service agreements. All go to the agreements' actor.</summary>
public static class AgreementCommands
{
    /// <summary>
    /// Agree. Reply, after agreement and job are both stored: <see cref="AgreementReplies.Agreed"/>, which the same agreement gets again with what
    /// was stored the first time; or <see cref="AgreementReplies.Invalid"/>, <see cref="AgreementReplies.Refused"/> or
    /// <see cref="AgreementReplies.Failed"/>.
    /// </summary>
    /// <param name="Request">The JSON text of the request: a job with payment, expiration, endAt and oracles.</param>
    public sealed record Create(ReadOnlyMemory<byte> Request);
}

/// <summary>Questions about service agreements.</summary>
public static class AgreementQueries
{
    /// <summary>Reply: <see cref="AgreementReplies.Found"/> or <see cref="AgreementReplies.NoSuchAgreement"/>.</summary>
    public sealed record Find(AgreementId Id);
}

/// <summary>Why an agreement was not looked at. Nothing of it is stored.</summary>
public enum AgreementRefusal
{
    /// <summary>The node is not in development mode.</summary>
    NotInDevelopment,

    /// <summary>The node has no account that could sign.</summary>
    NoAccount,

    /// <summary>The node has as many agreements as it may have.</summary>
    TooMany,
}

/// <summary>What the agreements' actor answers.</summary>
public static class AgreementReplies
{
    /// <summary>The agreement and its job are stored.</summary>
    public sealed record Agreed(ServiceAgreement Agreement);

    /// <summary>The request breaks rules; nothing is stored. Each text names one rule, in the order in which they are checked.</summary>
    public sealed record Invalid(ImmutableArray<string> Problems);

    /// <summary>See <see cref="AgreementRefusal"/>. <paramref name="Detail"/> is the original's text.</summary>
    public sealed record Refused(AgreementRefusal Reason, string Detail);

    /// <summary>Something could not be read or written now. What was asked for may be stored yet: ask again.</summary>
    public sealed record Failed(string Detail);

    /// <summary>The agreement.</summary>
    public sealed record Found(ServiceAgreement Agreement);

    /// <summary>There is no such agreement.</summary>
    public sealed record NoSuchAgreement(AgreementId Id);
}

/// <summary>An agreement's id as a JSON string.</summary>
public sealed class AgreementIdJson : JsonConverter<AgreementId>
{
    /// <inheritdoc/>
    public override AgreementId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetString() ?? throw new JsonException("an agreement's id is a string"));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, AgreementId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

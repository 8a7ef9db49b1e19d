using System.Text.Json;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Agreements;

/// <summary>What a chain knows of service agreements: how addresses look, what is hashed, and who signs. Thread-safe and without waiting.</summary>
public interface IAgreementChain
{
    /// <summary>The account that signs for the node, as a checksummed address; null: there is none.</summary>
    string? Account { get; }

    /// <summary>The terms of a request: payment, expiration, endAt, oracles.</summary>
    /// <exception cref="FormatException">One is no such thing; the message says which.</exception>
    Encumbrance ReadTerms(JsonElement request);

    /// <summary>What of a request is agreed on. The same request has the same id, for ever and on every node.</summary>
    /// <exception cref="FormatException">The chain has no form for it.</exception>
    AgreementDraft Draft(JsonElement request, Encumbrance terms);

    /// <summary>The account's signature over an id: 0x and 130 hexadecimal digits.</summary>
    /// <exception cref="InvalidOperationException">There is no account.</exception>
    string Sign(AgreementId id);
}

/// <summary>An agreement that nobody has signed.</summary>
/// <param name="Id">The hash of terms and text.</param>
/// <param name="RequestBody">The text.</param>
public sealed record AgreementDraft(AgreementId Id, string RequestBody);

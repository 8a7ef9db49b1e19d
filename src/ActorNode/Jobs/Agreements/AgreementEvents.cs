using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ActorNode.Protocol.Jobs;
using ActorNode.Storage.Journal;

namespace ActorNode.Jobs.Agreements;

/// <summary>What the journal holds of agreements. Property names are the journal's format: they never change their meaning.</summary>
internal interface IAgreementEvent;

/// <summary>The node has signed, and is about to create the job. Until it is there, or was refused, the agreement is not.</summary>
internal sealed record AgreementSigned([property: JsonRequired] ServiceAgreement Agreement, [property: JsonRequired] JobSpec Job) : IAgreementEvent;

/// <summary>The job is there too.</summary>
internal sealed record AgreementSettled([property: JsonRequired] AgreementId Id) : IAgreementEvent;

/// <summary>The job was refused; neither is there.</summary>
internal sealed record AgreementDropped([property: JsonRequired] AgreementId Id) : IAgreementEvent;

/// <summary>The journal's names of these types.</summary>
internal static class AgreementEventTypes
{
    public static readonly ImmutableArray<EventType> All =
    [
        EventType.Of("agreement-signed", AgreementJson.Default.AgreementSigned),
        EventType.Of("agreement-settled", AgreementJson.Default.AgreementSettled),
        EventType.Of("agreement-dropped", AgreementJson.Default.AgreementDropped),
    ];
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AgreementSigned))]
[JsonSerializable(typeof(AgreementSettled))]
[JsonSerializable(typeof(AgreementDropped))]
internal sealed partial class AgreementJson : JsonSerializerContext;

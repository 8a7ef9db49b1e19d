using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ActorNode.Protocol.Jobs;
using ActorNode.Storage.Journal;

namespace ActorNode.Jobs.Bridges;

/// <summary>What the journal holds of bridges.</summary>
internal interface IBridgeEvent;

/// <summary>A bridge was created, or is another one now.</summary>
internal sealed record BridgePut(
    [property: JsonRequired] string Name,
    [property: JsonRequired] string Url,
    uint Confirmations,
    [property: JsonRequired] string IncomingTokenHash,
    [property: JsonRequired] string Salt,
    [property: JsonRequired] string OutgoingToken,
    Juels? MinimumContractPayment) : IBridgeEvent
{
    public static BridgePut Of(BridgeType bridge) => new(
        bridge.Name, bridge.Url, bridge.Confirmations, bridge.IncomingTokenHash, bridge.Salt, bridge.OutgoingToken.Reveal(), bridge.MinimumContractPayment);

    public BridgeType ToBridge() => new(Name, Url, Confirmations, IncomingTokenHash, Salt, new Secret(OutgoingToken), MinimumContractPayment);

    public override string ToString() => $"{nameof(BridgePut)} {Name}";
}

internal sealed record BridgeDeleted([property: JsonRequired] string Name) : IBridgeEvent;

/// <summary>All bridges at one moment.</summary>
internal sealed record BridgesSnapshot([property: JsonRequired] ImmutableArray<BridgePut> Bridges);

/// <summary>The journal's names of these types.</summary>
internal static class BridgeEventTypes
{
    public static readonly ImmutableArray<EventType> All =
    [
        EventType.Of("bridge-put", BridgeJson.Default.BridgePut),
        EventType.Of("bridge-deleted", BridgeJson.Default.BridgeDeleted),
        EventType.Of("bridges", BridgeJson.Default.BridgesSnapshot),
    ];
}

[JsonSerializable(typeof(BridgePut))]
[JsonSerializable(typeof(BridgeDeleted))]
[JsonSerializable(typeof(BridgesSnapshot))]
internal sealed partial class BridgeJson : JsonSerializerContext;

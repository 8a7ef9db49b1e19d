using System.Text.Json.Serialization;
using ActorNode.Storage.Journal;

namespace ActorNode.Tests.Storage.Journal;

/// <summary>An event that has gained a property since it was first written.</summary>
internal sealed record Opened([property: JsonRequired] string Owner, [property: JsonRequired] long Level, string? Note = null);

internal sealed record Closed(string Owner);

internal static class SampleEvents
{
    public static readonly EventCatalog Catalog = new([EventType.Of("opened", SampleJson.Default.Opened), EventType.Of("closed", SampleJson.Default.Closed)]);
}

[JsonSerializable(typeof(Opened))]
[JsonSerializable(typeof(Closed))]
internal sealed partial class SampleJson : JsonSerializerContext;

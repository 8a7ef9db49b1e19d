using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ActorNode.Protocol.Forging;
using ActorNode.Storage.Journal;

namespace ActorNode.Forging.Watermarks;

/// <summary>What the journal holds of a key. Property names are the journal's format: they never change their meaning.</summary>
internal interface IMarkEvent;

/// <summary>The key may sign this, and nothing lower or other from now on. Stored before the signer is asked.</summary>
internal sealed record MarkRaised(
    [property: JsonRequired] string Chain,
    [property: JsonRequired] ForgeKind Kind,
    [property: JsonRequired] int Level,
    [property: JsonRequired] int Round,
    [property: JsonRequired] string Hash,
    DateTimeOffset At) : IMarkEvent
{
    /// <summary>The signature that was made since the last event, of whatever mark: it needs no write of its own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MarkSigned? Signed { get; init; }

    public Watermark ToMark() => new(new ChainName(Chain), Kind, new LevelRound(Level, Round), Hash);
}

/// <summary>The signature that was made for a mark: an event of its own where none follows soon that it could be part of.</summary>
internal sealed record MarkSigned(
    [property: JsonRequired] string Chain,
    [property: JsonRequired] ForgeKind Kind,
    [property: JsonRequired] int Level,
    [property: JsonRequired] int Round,
    [property: JsonRequired] string Hash,
    [property: JsonRequired] string Signature) : IMarkEvent;

/// <summary>A mark was raised to that of another store, or by an operator.</summary>
internal sealed record MarkImported(
    [property: JsonRequired] string Chain,
    [property: JsonRequired] ForgeKind Kind,
    [property: JsonRequired] int Level,
    [property: JsonRequired] int Round,
    string? Hash,
    string? Signature,
    DateTimeOffset At) : IMarkEvent
{
    public Watermark ToMark() => new(new ChainName(Chain), Kind, new LevelRound(Level, Round), Hash, Signature);
}

/// <summary>An operator had something signed that the mark forbids. Stored before the signer is asked; changes no mark.</summary>
internal sealed record MarkForced(
    [property: JsonRequired] string Chain,
    [property: JsonRequired] ForgeKind Kind,
    [property: JsonRequired] int Level,
    [property: JsonRequired] int Round,
    [property: JsonRequired] string Hash,
    DateTimeOffset At) : IMarkEvent
{
    /// <inheritdoc cref="MarkRaised.Signed"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MarkSigned? Signed { get; init; }
}

/// <summary>All marks of a key at one moment. One that is damaged is an error of the recovery, so nothing is signed.</summary>
internal sealed record MarksSnapshot([property: JsonRequired] ImmutableArray<MarksSnapshot.Mark> Marks)
{
    public static MarksSnapshot Of(WatermarkSet set) => new(
        [.. set.Marks.Select(m => new Mark(m.Chain.Value, m.Kind, m.At.Level, m.At.Round, m.PayloadHash, m.Signature))]);

    public WatermarkSet ToSet() => new(
        [.. Marks.Select(m => new Watermark(new ChainName(m.Chain), m.Kind, new LevelRound(m.Level, m.Round), m.Hash, m.Signature))]);

    internal sealed record Mark(
        [property: JsonRequired] string Chain,
        [property: JsonRequired] ForgeKind Kind,
        [property: JsonRequired] int Level,
        [property: JsonRequired] int Round,
        string? Hash,
        string? Signature);
}

/// <summary>The journal's names of these types.</summary>
internal static class MarkEventTypes
{
    public static readonly ImmutableArray<EventType> All =
    [
        EventType.Of("mark-raised", MarkJson.Default.MarkRaised),
        EventType.Of("mark-signed", MarkJson.Default.MarkSigned),
        EventType.Of("mark-imported", MarkJson.Default.MarkImported),
        EventType.Of("mark-forced", MarkJson.Default.MarkForced),
        EventType.Of("marks", MarkJson.Default.MarksSnapshot),
    ];
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(MarkRaised))]
[JsonSerializable(typeof(MarkSigned))]
[JsonSerializable(typeof(MarkImported))]
[JsonSerializable(typeof(MarkForced))]
[JsonSerializable(typeof(MarksSnapshot))]
internal sealed partial class MarkJson : JsonSerializerContext;

using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorNode.Protocol.Forging;

namespace ActorNode.Forging.Watermarks;

/// <summary>One key's mark in a file.</summary>
public readonly record struct KeyMark(ConsensusKeyId Key, Watermark Mark);

/// <summary>A file of watermarks that cannot be read. The message names the place and the rule.</summary>
public sealed class WatermarkFileException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The files in which others keep their watermarks: the baker's, one a chain, and the reference signer's, one a kind. Reads and writes text;
/// no I/O. A file is read whole or not at all: half of its marks would allow what the other half forbids.
/// </summary>
public static class WatermarkFiles
{
    /// <summary>More is no watermark file.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    private const int ShortChainLength = 13;

    private static readonly ImmutableArray<(string Name, string? Legacy, ForgeKind Kind)> BakerLists =
    [
        ("blocks", null, ForgeKind.Block),
        ("preattestations", "preendorsements", ForgeKind.Preattestation),
        ("attestations", "endorsements", ForgeKind.Attestation),
    ];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>What the baker calls its file of a chain.</summary>
    public static string BakerFileName(ChainName chain) =>
        $"{(chain.Value.Length > ShortChainLength ? chain.Value[..ShortChainLength] : chain.Value)}_highwatermarks";

    /// <summary>The names that the reference signer has, or had, for its file of a kind.</summary>
    public static ImmutableArray<string> SignerFileNames(ForgeKind kind) => kind switch
    {
        ForgeKind.Block => ["block_high_watermarks", "block_high_watermark"],
        ForgeKind.Preattestation => Names("preattestation", "preendorsement"),
        ForgeKind.Attestation => Names("attestation", "endorsement"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "has no watermark"),
    };

    /// <summary>Reads the baker's file. The chain stands in its name alone.</summary>
    /// <exception cref="WatermarkFileException">It is no such file.</exception>
    public static ImmutableArray<KeyMark> ReadBaker(ReadOnlyMemory<byte> json, ChainName chain)
    {
        using var document = Parse(json);
        var marks = ImmutableArray.CreateBuilder<KeyMark>();
        foreach (var property in Properties(document.RootElement, "the file"))
        {
            var list = BakerLists.FirstOrDefault(known => property.Name == known.Name || property.Name == known.Legacy);
            if (list.Name is null)
                throw new WatermarkFileException($"{property.Name}: is no list of watermarks (blocks, preattestations, attestations, preendorsements, endorsements)");
            if (property.Value.ValueKind != JsonValueKind.Array)
                throw new WatermarkFileException($"{property.Name}: must be a list");
            var i = 0;
            foreach (var entry in property.Value.EnumerateArray())
            {
                var at = $"{property.Name}[{i++}]";
                var mark = Required(entry, "highwatermark", at);
                marks.Add(Checked(
                    Text(Required(entry, "delegate", at), $"{at}.delegate"),
                    new Watermark(chain, list.Kind, new LevelRound(
                        Number(mark, "level", $"{at}.highwatermark"), Number(mark, "round", $"{at}.highwatermark"))),
                    at));
            }
        }

        return marks.ToImmutable();
    }

    /// <summary>The baker's file of one chain; marks of other chains are left out.</summary>
    public static string WriteBaker(IEnumerable<KeyMark> marks, ChainName chain)
    {
        var ofChain = Ordered(marks).Where(each => each.Mark.Chain == chain).ToList();
        var root = new JsonObject();
        foreach (var (name, _, kind) in BakerLists)
        {
            root[name] = new JsonArray([.. ofChain.Where(each => each.Mark.Kind == kind).Select(each => (JsonNode)new JsonObject
            {
                ["delegate"] = each.Key.Value,
                ["highwatermark"] = new JsonObject { ["round"] = each.Mark.At.Round, ["level"] = each.Mark.At.Level },
            })]);
        }

        return root.ToJsonString(Indented);
    }

    /// <summary>Reads the reference signer's file of one kind. Marks from before rounds have round 0.</summary>
    /// <exception cref="WatermarkFileException">It is no such file.</exception>
    public static ImmutableArray<KeyMark> ReadSigner(ReadOnlyMemory<byte> json, ForgeKind kind)
    {
        using var document = Parse(json);
        var marks = ImmutableArray.CreateBuilder<KeyMark>();
        foreach (var chain in Properties(document.RootElement, "the file"))
        {
            foreach (var key in Properties(chain.Value, chain.Name))
            {
                var at = $"{chain.Name}.{key.Name}";
                var hash = Text(Required(key.Value, "hash", at), $"{at}.hash").ToLowerInvariant();
                var signature = key.Value.TryGetProperty("signature", out var text) && text.ValueKind != JsonValueKind.Null ? Text(text, $"{at}.signature") : null;
                var round = key.Value.TryGetProperty("round", out var given) && given.ValueKind != JsonValueKind.Null ? Number(key.Value, "round", at) : 0;
                marks.Add(Checked(
                    key.Name, new Watermark(new ChainName(chain.Name), kind, new LevelRound(Number(key.Value, "level", at), round), hash, signature), at));
            }
        }

        return marks.ToImmutable();
    }

    /// <summary>
    /// The reference signer's file of one kind. It has no place for a mark without data: that one gets a hash which no data have, so that the
    /// signer refuses its level and round.
    /// </summary>
    public static string WriteSigner(IEnumerable<KeyMark> marks, ForgeKind kind)
    {
        var root = new JsonObject();
        foreach (var chain in Ordered(marks).Where(each => each.Mark.Kind == kind).GroupBy(each => each.Mark.Chain))
        {
            var keys = new JsonObject();
            foreach (var (key, mark) in chain)
            {
                var entry = new JsonObject { ["level"] = mark.At.Level, ["round"] = mark.At.Round, ["hash"] = mark.PayloadHash ?? new string('0', 64) };
                if (mark.Signature is not null)
                    entry["signature"] = mark.Signature;
                keys[key.Value] = entry;
            }

            root[chain.Key.Value] = keys;
        }

        return root.ToJsonString(Indented);
    }

    private static ImmutableArray<string> Names(string name, string legacy) =>
        [$"{name}_high_watermarks", $"{name}_high_watermark", $"{legacy}_high_watermarks", $"{legacy}_high_watermark"];

    private static IEnumerable<KeyMark> Ordered(IEnumerable<KeyMark> marks) =>
        marks.OrderBy(each => each.Mark.Chain.Value, StringComparer.Ordinal).ThenBy(each => each.Key.Value, StringComparer.Ordinal);

    private static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxBytes)
            throw new WatermarkFileException($"the file has {json.Length} bytes, the limit is {MaxBytes}");
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException malformed)
        {
            throw new WatermarkFileException($"the file is no JSON: line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine}", malformed);
        }
    }

    private static KeyMark Checked(string key, Watermark mark, string at)
    {
        var id = new ConsensusKeyId(key);
        return MarkRules.Problem(new ForgeCommands.ImportMarks(id, [mark])) is { } problem
            ? throw new WatermarkFileException($"{at}: {problem.Replace("marks[0].", "", StringComparison.Ordinal)}")
            : new KeyMark(id, mark);
    }

    private static JsonElement.ObjectEnumerator Properties(JsonElement element, string at) =>
        element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : throw new WatermarkFileException($"{at}: must be an object");

    private static JsonElement Required(JsonElement element, string name, string at)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw new WatermarkFileException($"{at}: must be an object");
        return element.TryGetProperty(name, out var value) ? value : throw new WatermarkFileException($"{at}.{name}: is missing");
    }

    private static string Text(JsonElement element, string at) => element.ValueKind == JsonValueKind.String
        ? element.GetString()!
        : throw new WatermarkFileException($"{at}: must be text");

    private static int Number(JsonElement element, string name, string at)
    {
        var value = Required(element, name, at);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : throw new WatermarkFileException($"{at}.{name}: must be a whole number of 32 bits");
    }
}

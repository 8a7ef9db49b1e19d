using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ActorNode.Ethereum.Words;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Ethereum.Logs;

/// <summary>What a contract logged, as a node of the chain tells it.</summary>
/// <param name="Address">The contract.</param>
/// <param name="Topics">Each 32 bytes.</param>
/// <param name="Data">The rest.</param>
public sealed record EthereumLog(EthereumAddress Address, ImmutableArray<ReadOnlyMemory<byte>> Topics, ReadOnlyMemory<byte> Data)
{
    /// <summary>More than the virtual machine can log with one instruction.</summary>
    private const int MaxTopics = 4;

    /// <summary>Its block.</summary>
    public ulong BlockNumber { get; init; }

    /// <summary>Its transaction.</summary>
    public string TransactionHash { get; init; } = NoHash;

    /// <summary>The place of the transaction in its block.</summary>
    public ulong TransactionIndex { get; init; }

    /// <summary>Its block.</summary>
    public string BlockHash { get; init; } = NoHash;

    /// <summary>Its place in the block.</summary>
    public ulong LogIndex { get; init; }

    /// <summary>Its block is no longer part of the chain.</summary>
    public bool Removed { get; init; }

    private static readonly string NoHash = Hex.Encode(new byte[EvmWord.Length]);

    /// <summary>Reads a log as eth_getLogs and subscriptions give it.</summary>
    /// <exception cref="FormatException">A field is missing or has no such form; the message names it.</exception>
    public static EthereumLog Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new FormatException("a log is no object");
        return new EthereumLog(ReadAddress(json), ReadTopics(json), ReadBytes(Text(json, "data"), "data"))
        {
            BlockNumber = ReadQuantity(json, "blockNumber"),
            TransactionHash = ReadHash(json, "transactionHash"),
            TransactionIndex = ReadQuantity(json, "transactionIndex"),
            BlockHash = ReadHash(json, "blockHash"),
            LogIndex = ReadQuantity(json, "logIndex"),
            Removed = json.TryGetProperty("removed", out var removed) && removed.ValueKind == JsonValueKind.True,
        };
    }

    /// <summary>The input of a run that an ethlog initiator starts.</summary>
    public JobData ToJobData()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("address", Address.ToLower());
            json.WriteStartArray("topics");
            foreach (var topic in Topics)
                json.WriteStringValue(Hex.Encode(topic.Span));
            json.WriteEndArray();
            json.WriteString("data", Hex.Encode(Data.Span));
            json.WriteString("blockNumber", Quantity(BlockNumber));
            json.WriteString("transactionHash", TransactionHash);
            json.WriteString("transactionIndex", Quantity(TransactionIndex));
            json.WriteString("blockHash", BlockHash);
            json.WriteString("logIndex", Quantity(LogIndex));
            json.WriteBoolean("removed", Removed);
            json.WriteEndObject();
        }

        return JobData.Parse(buffer.WrittenSpan, JobDataLimits.Default with { MaxBytes = int.MaxValue });
    }

    private static string Quantity(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

    private static EthereumAddress ReadAddress(JsonElement json) =>
        EthereumAddress.TryParse(Text(json, "address"), out var address) ? address : throw Wrong("address", "0x and 40 hexadecimal digits");

    private static ImmutableArray<ReadOnlyMemory<byte>> ReadTopics(JsonElement json)
    {
        if (!json.TryGetProperty("topics", out var topics) || topics.ValueKind != JsonValueKind.Array || topics.GetArrayLength() > MaxTopics)
            throw Wrong("topics", $"an array of at most {MaxTopics}");
        return [.. topics.EnumerateArray().Select(topic => (ReadOnlyMemory<byte>)ReadWord(topic.ValueKind == JsonValueKind.String ? topic.GetString() : null, "topics"))];
    }

    private static string ReadHash(JsonElement json, string field) => Text(json, field) is { } text ? Hex.Encode(ReadWord(text, field)) : NoHash;

    private static byte[] ReadWord(string? text, string field) =>
        text is { Length: 2 * EvmWord.Length + 2 } && Hex.TryDecode(text, out var word) ? word : throw Wrong(field, "0x and 64 hexadecimal digits");

    private static byte[] ReadBytes(string? text, string field) =>
        text is not null && Hex.TryDecode(text, out var bytes) ? bytes : throw Wrong(field, "0x and whole bytes in hexadecimal digits");

    private static ulong ReadQuantity(JsonElement json, string field)
    {
        // A log of a block that is not mined yet has none.
        if (Text(json, field) is not { } text)
            return 0;
        return Hex.HasPrefix(text) && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Wrong(field, "0x and at most 16 hexadecimal digits");
    }

    private static string? Text(JsonElement json, string field)
    {
        if (!json.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(field, "a string");
    }

    private static FormatException Wrong(string field, string rule) => new($"a log's {field} must be {rule}");
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorNode.Protocol.Jobs;

/// <summary>Every message addressed to one job carries its id; routing reads nothing else.</summary>
public interface IWithJobId
{
    /// <summary>The job that the message is addressed to.</summary>
    JobId JobId { get; }
}

/// <summary>A job: 32 lower-case hexadecimal digits, a random UUID without its dashes, so that its text fills an Ethereum word.</summary>
[JsonConverter(typeof(JobIdJson))]
public readonly record struct JobId(string Value)
{
    /// <summary>A new one.</summary>
    public static JobId New() => new(HexId.New());

    /// <summary>Whether the text is an id. Others exist nowhere.</summary>
    public bool IsValid => HexId.IsValid(Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A run of a job, or one of its tasks: formed as <see cref="JobId"/>.</summary>
[JsonConverter(typeof(RunIdJson))]
public readonly record struct RunId(string Value)
{
    /// <summary>A new one.</summary>
    public static RunId New() => new(HexId.New());

    /// <summary>The id of the run that an initiator of a job starts for a scheduled time: always the same, so that it starts one.</summary>
    public static RunId Of(JobId job, int initiator, DateTimeOffset at) => new(HexId.Of($"{job}/{initiator}/{at.UtcTicks}"));

    /// <summary>The id of one of the run's tasks: always the same, so that nobody has to store it.</summary>
    public RunId OfTask(int index) => new(HexId.Of($"{Value}/{index}"));

    /// <summary>Whether the text is an id. Others exist nowhere.</summary>
    public bool IsValid => HexId.IsValid(Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A job's id as a JSON string.</summary>
public sealed class JobIdJson : JsonConverter<JobId>
{
    /// <inheritdoc/>
    public override JobId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetString() ?? throw new JsonException("a job's id is a string"));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, JobId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>A run's id as a JSON string.</summary>
public sealed class RunIdJson : JsonConverter<RunId>
{
    /// <inheritdoc/>
    public override RunId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetString() ?? throw new JsonException("a run's id is a string"));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, RunId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

internal static class HexId
{
    private const int Length = 32;

    /// <summary>A random UUID of version 4.</summary>
    public static string New()
    {
        Span<byte> bytes = stackalloc byte[Length / 2];
        RandomNumberGenerator.Fill(bytes);
        return Text(bytes);
    }

    /// <summary>One that follows from a name and looks as random.</summary>
    public static string Of(string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        return Text(hash[..(Length / 2)]);
    }

    private static string Text(Span<byte> bytes)
    {
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return Convert.ToHexStringLower(bytes);
    }

    public static bool IsValid(string? text) =>
        text is { Length: Length } && text.AsSpan().IndexOfAnyExcept("0123456789abcdef") < 0;
}

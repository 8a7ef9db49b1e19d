using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorNode.Protocol.Jobs;

/// <summary>
/// A JSON object that runs carry from task to task. Immutable; kept as its text in one canonical form, so that equal data have equal text: keys
/// in ascending byte order at every level, no whitespace, numbers and escapes as <see cref="CanonicalJson"/> writes them.
/// </summary>
[JsonConverter(typeof(JobDataJson))]
public sealed class JobData : IEquatable<JobData>
{
    /// <summary>The key of a task's result.</summary>
    public const string ResultKey = "result";

    /// <summary>
    /// The most objects and arrays within each other, the object itself included. Data are parts of larger texts, such as events, which have
    /// to be read again: what is deeper never becomes data.
    /// </summary>
    public const int MaxDepth = 32;

    /// <summary>No members.</summary>
    public static readonly JobData Empty = new("{}"u8.ToArray());

    private JobData(byte[] utf8) => Utf8 = utf8;

    /// <summary>The canonical text.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    /// <summary>Whether it has no members.</summary>
    public bool IsEmpty => Utf8.Length == 2;

    /// <summary>The member <see cref="ResultKey"/>; undefined where there is none.</summary>
    public JsonElement Result => Find(ResultKey);

    /// <exception cref="FormatException">It is no JSON object or breaks a limit; the message names what.</exception>
    public static JobData Parse(ReadOnlySpan<byte> utf8, JobDataLimits? limits = null) => Of(CanonicalJson.Parse(utf8, limits ?? JobDataLimits.Default));

    /// <inheritdoc cref="Parse(ReadOnlySpan{byte}, JobDataLimits?)"/>
    public static JobData Parse(string text, JobDataLimits? limits = null) => Parse(Encoding.UTF8.GetBytes(text), limits);

    /// <summary>The object.</summary>
    /// <exception cref="FormatException">It is none, or it is deeper than <see cref="MaxDepth"/>.</exception>
    public static JobData Of(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw new FormatException($"expected a JSON object, found {Word(element.ValueKind)}");
        if (!element.EnumerateObject().MoveNext())
            return Empty;
        var buffer = new ArrayBufferWriter<byte>();
        CanonicalJson.Write(element, buffer, MaxDepth);
        return new JobData(buffer.WrittenSpan.ToArray());
    }

    /// <summary>The member of that name; undefined (<see cref="JsonValueKind.Undefined"/>) where there is none.</summary>
    public JsonElement Find(string key)
    {
        if (IsEmpty)
            return default;
        var reader = new Utf8JsonReader(Utf8.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(key);
            reader.Read();
            if (found)
                return JsonElement.ParseValue(ref reader);
            reader.Skip();
        }

        return default;
    }

    /// <summary>The members of both; where both have one, that of <paramref name="with"/> stands, null too.</summary>
    public JobData Merge(JobData with)
    {
        if (with.IsEmpty)
            return this;
        return IsEmpty ? with : Build(Members().Concat(with.Members()));
    }

    /// <summary>With this member in place of one of its name. <paramref name="json"/> is the text of one JSON value.</summary>
    /// <exception cref="FormatException">It is none, or the data would be deeper than <see cref="MaxDepth"/>.</exception>
    public JobData With(string key, ReadOnlySpan<byte> json) => With(key, CanonicalJson.Parse(json, JobDataLimits.Document));

    /// <summary>With this member in place of one of its name; an undefined value is null.</summary>
    /// <exception cref="FormatException">The data would be deeper than <see cref="MaxDepth"/>.</exception>
    public JobData With(string key, JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        if (value.ValueKind == JsonValueKind.Undefined)
            buffer.Write("null"u8);
        else
            CanonicalJson.Write(value, buffer, MaxDepth - 1);
        return Build(Members().Append(new(key, buffer.WrittenMemory)));
    }

    /// <summary>With this text in place of a member of its name.</summary>
    public JobData With(string key, string text)
    {
        var buffer = new ArrayBufferWriter<byte>(text.Length + 2);
        CanonicalJson.WriteText(text, buffer);
        return Build(Members().Append(new(key, buffer.WrittenMemory)));
    }

    /// <summary>With this result.</summary>
    public JobData WithResult(string text) => With(ResultKey, text);

    /// <summary>With this result; an undefined one is null.</summary>
    public JobData WithResult(JsonElement value) => With(ResultKey, value);

    /// <inheritdoc/>
    public bool Equals(JobData? other) => other is not null && Utf8.Span.SequenceEqual(other.Utf8.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as JobData);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Utf8.Span);
        return hash.ToHashCode();
    }

    /// <summary>The canonical text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Utf8.Span);

    private List<KeyValuePair<string, ReadOnlyMemory<byte>>> Members()
    {
        var members = new List<KeyValuePair<string, ReadOnlyMemory<byte>>>();
        var reader = new Utf8JsonReader(Utf8.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            members.Add(new(key, Utf8[start..(int)reader.BytesConsumed]));
        }

        return members;
    }

    private static JobData Build(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> members)
    {
        var sorted = new SortedDictionary<string, ReadOnlyMemory<byte>>(Utf8Order.Instance);
        foreach (var (key, value) in members)
            sorted[key] = value;
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write("{"u8);
        var first = true;
        foreach (var (key, value) in sorted)
        {
            if (!first)
                buffer.Write(","u8);
            first = false;
            CanonicalJson.WriteText(key, buffer);
            buffer.Write(":"u8);
            buffer.Write(value.Span);
        }

        buffer.Write("}"u8);
        return new JobData(buffer.WrittenSpan.ToArray());
    }

    private static string Word(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };
}

/// <summary>Data as a JSON object in place.</summary>
public sealed class JobDataJson : JsonConverter<JobData>
{
    /// <inheritdoc/>
    public override JobData Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return JobData.Of(JsonElement.ParseValue(ref reader));
        }
        catch (FormatException wrong)
        {
            throw new JsonException(wrong.Message, wrong);
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, JobData value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
}

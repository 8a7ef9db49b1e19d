using System.Buffers;
using System.Text.Json;

namespace ActorNode.Server.Http;

/// <summary>
/// A refusal or failure as the client sees it (RFC 9457). <paramref name="Detail"/> names the field and the rule, in our own words: never
/// an exception's text, never a secret.
/// </summary>
public sealed record Problem(int Status, string Title, string Detail)
{
    /// <summary>The media type of a problem.</summary>
    public const string ContentType = "application/problem+json";

    /// <summary>The field that breaks the rule, where there is one.</summary>
    public string? Field { get; init; }

    /// <summary>The line of the request body, from 1, where the problem lies in one.</summary>
    public int? Line { get; init; }

    /// <summary>The account that the problem is about.</summary>
    public string? Account { get; init; }

    /// <summary>The first sequence still there, when older ones were asked for.</summary>
    public long? First { get; init; }

    /// <summary>When to come back.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What an operator looks for in the log.</summary>
    public string? Id { get; init; }

    /// <summary>A request that breaks a rule of one of its fields.</summary>
    public static Problem BadField(string field, string rule) => new(400, "Bad request", $"{field} {rule}") { Field = field };

    /// <summary>Something that is not there.</summary>
    public static Problem NotFound(string detail) => new(404, "Not found", detail);

    /// <summary>The node cannot do it now.</summary>
    public static Problem Unavailable(string detail) => new(503, "Service unavailable", detail);

    /// <summary>Sends the problem as the whole response.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        if (RetryAfter is { } wait)
            response.Headers.RetryAfter = HttpJson.Seconds(wait);
        using var buffer = new PooledBuffer(256);
        Write(buffer);
        response.ContentLength = buffer.Written.Length;
        await response.Body.WriteAsync(buffer.Written, context.RequestAborted);
    }

    private void Write(IBufferWriter<byte> buffer)
    {
        using var json = new Utf8JsonWriter(buffer, HttpJson.Options);
        json.WriteStartObject();
        json.WriteString("title"u8, Title);
        json.WriteNumber("status"u8, Status);
        json.WriteString("detail"u8, Detail);
        if (Field is not null)
            json.WriteString("field"u8, Field);
        if (Line is { } line)
            json.WriteNumber("line"u8, line);
        if (Account is not null)
            json.WriteString("account"u8, Account);
        if (First is { } first)
            json.WriteNumber("first"u8, first);
        if (Id is not null)
            json.WriteString("id"u8, Id);
        json.WriteEndObject();
    }
}

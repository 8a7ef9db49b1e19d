using System.Buffers;
using System.Text.Json;

namespace ActorNode.Server.Http.Jobs;

/// <summary>Ends a request to the jobs' API with a status and what is wrong, each in words for its caller. No details: an empty body.</summary>
internal sealed class ApiException(int status, params string[] details) : Exception(details.Length == 0 ? "refused" : string.Join(", ", details))
{
    public int Status { get; } = status;

    public IReadOnlyList<string> Details { get; } = details;

    /// <summary>When to come back.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Who has not said who they are; nothing more is said.</summary>
    public static ApiException Unauthorized() => new(StatusCodes.Status401Unauthorized);

    public static ApiException NotFound(string detail) => new(StatusCodes.Status404NotFound, detail);

    public static ApiException Unavailable(string detail) => new(StatusCodes.Status503ServiceUnavailable, detail) { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>Sends it as the whole response.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        response.Headers.CacheControl = "no-store";
        if (RetryAfter is { } wait)
            response.Headers.RetryAfter = HttpJson.Seconds(wait);
        if (Details.Count == 0)
        {
            response.ContentLength = 0;
            return;
        }

        response.ContentType = "application/json; charset=utf-8";
        using var buffer = new PooledBuffer(256);
        Write(buffer);
        response.ContentLength = buffer.Written.Length;
        await response.Body.WriteAsync(buffer.Written, context.RequestAborted);
    }

    private void Write(IBufferWriter<byte> buffer)
    {
        using var json = new Utf8JsonWriter(buffer, HttpJson.Options);
        json.WriteStartObject();
        json.WriteStartArray("errors"u8);
        foreach (var detail in Details)
        {
            json.WriteStartObject();
            json.WriteString("detail"u8, detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}

using System.Text.Json;

namespace ActorNode.Server.Http.Signer;

/// <summary>The answers of the signer protocol.</summary>
internal static class SignerJson
{
    /// <summary>An object.</summary>
    public static async Task AnswerAsync(HttpResponse response, Action<Utf8JsonWriter> members)
    {
        Begin(response, StatusCodes.Status200OK);
        await using var json = new Utf8JsonWriter(response.BodyWriter, HttpJson.Options);
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
    }

    /// <summary>
    /// A trace of one error, as the nodes and signers of these chains give them. Its id and kind are those of an error that is known by its
    /// text alone: the clients show that text, and of any other id only that they do not know it.
    /// </summary>
    public static async Task RefuseAsync(HttpResponse response, int status, string message, TimeSpan? retryAfter)
    {
        Begin(response, status);
        if (retryAfter is { } wait)
            response.Headers.RetryAfter = HttpJson.Seconds(wait);
        await using var json = new Utf8JsonWriter(response.BodyWriter, HttpJson.Options);
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("kind"u8, "temporary"u8);
        json.WriteString("id"u8, "failure"u8);
        json.WriteString("msg"u8, message);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Begin(HttpResponse response, int status)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
    }
}

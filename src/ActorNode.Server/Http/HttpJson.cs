using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using ActorNode.Protocol.Messages;

namespace ActorNode.Server.Http;

/// <summary>How the API spells its values in JSON.</summary>
internal static class HttpJson
{
    /// <summary>
    /// Text stands as it is, without escapes meant for HTML: the responses are never embedded in a page. Line ends stay escaped, so that a
    /// value fits a line of an event stream.
    /// </summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>A message as it stands in its account.</summary>
    public static void WriteMessage(Utf8JsonWriter json, StoredMessage message)
    {
        json.WriteStartObject();
        json.WriteNumber("sequence"u8, message.Sequence);
        json.WriteString("id"u8, message.Id.Value);
        json.WriteBase64String("body"u8, message.Body.Span);
        json.WriteString("receivedAt"u8, message.ReceivedAt.UtcDateTime);
        json.WriteEndObject();
    }

    /// <summary>
    /// Sends what was written once it is a good deal, at the pace of the client. Takes and returns how much was sent before.
    /// </summary>
    public static async ValueTask<long> FlushWhenLargeAsync(Utf8JsonWriter json, long sent, HttpResponse response, CancellationToken cancellationToken)
    {
        const int Large = 32 * 1024;
        var written = json.BytesCommitted + json.BytesPending;
        if (written - sent < Large)
            return sent;
        json.Flush();
        await response.BodyWriter.FlushAsync(cancellationToken);
        return written;
    }

    /// <summary>A wait in whole seconds, rounded up, for <c>Retry-After</c>.</summary>
    public static string Seconds(TimeSpan wait) =>
        Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}

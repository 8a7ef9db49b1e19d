using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace ActorNode.Server.Http.Jobs;

/// <summary>
/// Says at debug which requests the API served: their path, query and JSON body, without what is secret. What a body holds beyond this is
/// nobody's business: headers are not logged, and a body that is not understood is not shown.
/// </summary>
internal sealed partial class RequestLog(ILogger<RequestLog> log)
{
    private const string Redacted = "*REDACTED*";
    private const int MaxShown = 4096;
    private static readonly string[] SecretWords = ["password", "secret", "token", "authorization", "cookie", "apikey", "api_key", "api-key", "accesskey"];
    private static readonly object BodyKey = new();

    /// <summary>Keeps the body that a route read for the log, if anybody looks.</summary>
    public void Read(HttpContext context, JsonElement body)
    {
        if (log.IsEnabled(LogLevel.Debug))
            context.Items[BodyKey] = Shown(body);
    }

    public void Served(HttpContext context, long started)
    {
        if (log.IsEnabled(LogLevel.Debug))
        {
            LogServed(
                context.Request.Method,
                context.Request.Path.Value ?? "",
                Shown(context.Request.Query),
                context.Items[BodyKey] as string ?? "",
                context.Response.StatusCode,
                Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    private static bool IsSecret(string key) => SecretWords.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static string Shown(IQueryCollection query)
    {
        if (query.Count == 0)
            return "";
        var parts = query.Select(item => $"{item.Key}={(IsSecret(item.Key) ? Redacted : item.Value.ToString())}");
        return Cut("?" + string.Join('&', parts));
    }

    private static string Shown(JsonElement body)
    {
        using var buffer = new PooledBuffer(1024);
        using (var json = new Utf8JsonWriter(buffer, HttpJson.Options))
            Write(json, body);
        return Cut(Encoding.UTF8.GetString(buffer.Written.Span));
    }

    private static void Write(Utf8JsonWriter json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    json.WritePropertyName(member.Name);
                    if (IsSecret(member.Name))
                        json.WriteStringValue(Redacted);
                    else
                        Write(json, member.Value);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                    Write(json, item);
                json.WriteEndArray();
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    // No line of a request starts a line of the log.
    private static string Cut(string text) => (text.Length <= MaxShown ? text : text[..MaxShown] + "...").ReplaceLineEndings(" ");

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Path}{Query} {Body} answered {Status} in {Milliseconds:0.0} ms")]
    private partial void LogServed(string method, string path, string query, string body, int status, double milliseconds);
}

using System.Text.Json;
using ActorNode.Configuration;
using ActorNode.Jobs.Access;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Server.Http.Jobs;

/// <summary>
/// Reads JSON request bodies within the limits of the settings: size (413, before anything is read or at the first byte too many), depth, keys,
/// numbers and UTF-8 (400). Text that is no JSON gets the status and the words of its route.
/// </summary>
internal sealed class ApiBody(JobsApiSettings settings, HttpSettings http, RequestLog log)
{
    private const int BodiesAtOnce = 256;

    private readonly BodyBudget _budget = new((long)BodiesAtOnce * settings.MaxRequestBody);
    private readonly JobDataLimits _limits = new(settings.MaxRequestBody, settings.MaxJsonDepth, settings.MaxJsonKeys);

    /// <summary>Memory of bodies that are being read.</summary>
    public long Taken => _budget.Taken;

    /// <summary>The body as one JSON value.</summary>
    /// <param name="context">The request.</param>
    /// <param name="malformed">The answer to what is no JSON, of the reason.</param>
    /// <param name="empty">What an empty body stands for; null: it is no JSON.</param>
    public async Task<JsonElement> ReadAsync(HttpContext context, Func<string, ApiException> malformed, JsonElement? empty = null)
    {
        using var share = _budget.Open();
        using var body = await RequestBody.ReadAsync(
            context.Request, Math.Min(settings.MaxRequestBody, http.MaxRequestBody), share, context.RequestAborted, "actornode.jobs.api.max-request-body");
        if (body.Written.IsEmpty && empty is { } nothing)
            return nothing;
        var value = Parse(body.Written.Span, malformed);
        log.Read(context, value);
        return value;
    }

    /// <summary>The same for a body that must be an object.</summary>
    public async Task<JsonElement> ReadObjectAsync(HttpContext context, Func<string, ApiException> malformed, JsonElement? empty = null)
    {
        var value = await ReadAsync(context, malformed, empty);
        return value.ValueKind == JsonValueKind.Object ? value : throw malformed("expected a JSON object");
    }

    private JsonElement Parse(ReadOnlySpan<byte> utf8, Func<string, ApiException> malformed)
    {
        if (DepthOf(utf8) > _limits.MaxDepth)
            throw new ApiException(400, $"JSON is deeper than {_limits.MaxDepth} levels (actornode.jobs.api.max-json-depth)");
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
            throw new ApiException(400, "invalid JSON: it is no valid UTF-8");
        try
        {
            return CanonicalJson.Parse(utf8, _limits);
        }
        catch (FormatException wrong) when (wrong.InnerException is JsonException)
        {
            throw malformed(wrong.Message);
        }
        catch (FormatException wrong)
        {
            throw new ApiException(400, wrong.Message);
        }
    }

    /// <summary>Whatever else is wrong with the text: a bomb should not pass for a typing error.</summary>
    private static int DepthOf(ReadOnlySpan<byte> utf8)
    {
        var (depth, deepest, inText) = (0, 0, false);
        for (var i = 0; i < utf8.Length; i++)
        {
            switch (utf8[i])
            {
                case (byte)'\\' when inText:
                    i++;
                    break;
                case (byte)'"':
                    inText = !inText;
                    break;
                case (byte)'{' or (byte)'[' when !inText:
                    deepest = Math.Max(deepest, ++depth);
                    break;
                case (byte)'}' or (byte)']' when !inText:
                    depth--;
                    break;
            }
        }

        return deepest;
    }
}

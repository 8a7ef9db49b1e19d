using ActorNode.Configuration;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Keys;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace ActorNode.Server.Http.Signer;

/// <summary>
/// The remote signer protocol: <c>GET /authorized_keys</c>, <c>GET /keys/{pkh}</c>, <c>POST /keys/{pkh}</c>. Only translates: the key's actor
/// signs, under the signer's rule, so that a request sent again gets the signature that it got before. The log has every outcome under the
/// request's id, and neither payloads nor signatures.
/// </summary>
internal sealed partial class SignerRoutes(
    NodeActors actors, HttpSettings http, ForgingHttpSettings settings, SignerAccess access, SignerPolicy policy, ILogger<SignerRoutes> log)
{
    /// <summary>How subscribers know the requests that came this way.</summary>
    public const string Source = "remote-signer";

    private const string RequestId = "X-Request-Id";
    private const int MaxRequestId = 128;
    private const int BodiesAtOnce = 64;

    private readonly BodyBudget _budget = new((long)BodiesAtOnce * settings.MaxRequestBody);

    public Task AuthorizedKeysAsync(HttpContext context) => RunAsync(context, _ => SignerJson.AnswerAsync(context.Response, json =>
    {
        if (access.Addresses.IsEmpty)
            return;
        json.WriteStartArray("authorized_keys"u8);
        foreach (var address in access.Addresses)
            json.WriteStringValue(address);
        json.WriteEndArray();
    }));

    public Task PublicKeyAsync(HttpContext context) => RunAsync(context, async _ =>
    {
        var key = KeyOf(context);
        var list = (ForgeReplies.KeyList)await actors.AskForgingAsync(ForgeQueries.Keys.Instance, http.RequestTimeout, context.RequestAborted);
        if (list.Keys.FirstOrDefault(each => each.Key == key.Id)?.PublicKey is not { } publicKey)
        {
            throw list.Problem is { } problem
                ? new SignerRefusal(StatusCodes.Status503ServiceUnavailable, problem) { RetryAfter = TimeSpan.FromSeconds(1) }
                : new SignerRefusal(StatusCodes.Status404NotFound, $"no signer has the key {key}");
        }

        await SignerJson.AnswerAsync(context.Response, json => json.WriteString("public_key"u8, publicKey));
    });

    public Task SignAsync(HttpContext context) => RunAsync(context, async requestId =>
    {
        var key = KeyOf(context);
        var payload = await ReadAsync(context);
        access.Authenticate(context, key, payload);
        var facts = policy.Check(key, payload);
        // Not the client's id: two of them may have the same, and one may come twice.
        var request = new ForgeCommands.SignPayload(new($"signer-{Guid.NewGuid():N}"), key.Id, facts.Kind, facts.Chain, facts.At, payload) { Source = Source };
        var signed = SignerOutcome.Of(await actors.AskForgingAsync(request, http.RequestTimeout, context.RequestAborted));
        LogSigned(key, facts.Kind, facts.Chain, facts.At.Level, facts.At.Round, signed.Stored, requestId);
        await SignerJson.AnswerAsync(context.Response, json => json.WriteString("signature"u8, signed.Signature));
    });

    /// <summary>Every way in which a request can end is an answer of the protocol, with the request's id.</summary>
    private async Task RunAsync(HttpContext context, Func<string, Task> work)
    {
        var id = IdOf(context.Request);
        context.Response.Headers[RequestId] = id;
        try
        {
            access.Enter(context);
            await work(id);
        }
        catch (SignerRefusal refusal)
        {
            await RefuseAsync(refusal.Status, refusal.Message, refusal.RetryAfter);
        }
        catch (ProblemException e)
        {
            await RefuseAsync(e.Problem.Status, e.Problem.Detail, e.Problem.RetryAfter);
        }
        catch (BadHttpRequestException e)
        {
            await RefuseAsync(e.StatusCode, "body: breaks the rules of HTTP, came too slowly or ended early", null);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            LogFailed(e, context.Request.Method, id);
            await SignerJson.RefuseAsync(context.Response, StatusCodes.Status502BadGateway, $"the node failed to answer, and may have signed; its log has more under request {id}", null);
        }

        Task RefuseAsync(int status, string message, TimeSpan? retryAfter)
        {
            LogRefused(context.Request.Method, status, message, id);
            return SignerJson.RefuseAsync(context.Response, status, message, retryAfter);
        }
    }

    private async Task<byte[]> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        // Also what keeps pages of other sites out: a browser sends this type to another origin only with that origin's consent.
        if (request.Headers.ContentEncoding.Count > 0
            || !MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            throw new SignerRefusal(StatusCodes.Status415UnsupportedMediaType, "Content-Type must be application/json, without Content-Encoding");
        // The limit is ours to apply: the server's own answer to it is none of the protocol.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        using var share = _budget.Open();
        try
        {
            using var body = await RequestBody.ReadAsync(request, settings.MaxRequestBody, share, context.RequestAborted);
            return HexBody.Decode(body.Written.Span);
        }
        catch (ProblemException e) when (e.Problem.Status == StatusCodes.Status413PayloadTooLarge)
        {
            throw new SignerRefusal(
                StatusCodes.Status413PayloadTooLarge, $"body: is longer than {settings.MaxRequestBody} bytes (actornode.forging.http.max-request-body)");
        }
    }

    private static PublicKeyHash KeyOf(HttpContext context)
    {
        try
        {
            return PublicKeyHash.Parse((string)context.GetRouteValue("pkh")!);
        }
        catch (TezosFormatException wrong)
        {
            throw SignerRefusal.Bad(wrong.Message);
        }
    }

    /// <summary>The client's own where it can stand in a log line, otherwise a new one.</summary>
    private static string IdOf(HttpRequest request) =>
        request.Headers[RequestId] is [{ Length: > 0 and <= MaxRequestId } id] && id.All(letter => letter is > ' ' and <= '~')
            ? id
            : Guid.NewGuid().ToString("N");

    [LoggerMessage(Level = LogLevel.Information, Message = "Signed a {Kind} with {Key} on chain '{Chain}' at level {Level}, round {Round} (stored: {Stored}), request {RequestId}")]
    private partial void LogSigned(PublicKeyHash key, ForgeKind kind, ChainName chain, int level, int round, bool stored, string requestId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused a {Method} of the signer protocol with {Status}: {Reason}, request {RequestId}")]
    private partial void LogRefused(string method, int status, string reason, string requestId);

    [LoggerMessage(Level = LogLevel.Error, Message = "A {Method} of the signer protocol failed, request {RequestId}")]
    private partial void LogFailed(Exception error, string method, string requestId);
}

using ActorNode.Protocol.Jobs;

namespace ActorNode.Server.Http.Jobs;

/// <summary>Who sends a request. <paramref name="Initiator"/>: an external initiator, which has no session.</summary>
internal readonly record struct Caller(Secret? Session, ExternalInitiator? Initiator);

/// <summary>Finds out who sends a request. Nobody that is known: 401 and not a word more.</summary>
internal sealed class ApiAccess(JobsActors actors, SessionCookie cookie)
{
    private const string AccessKeyHeader = "X-Chainlink-EA-AccessKey";
    private const string SecretHeader = "X-Chainlink-EA-Secret";
    private const int MaxHeader = 256;

    /// <summary>The session that the request belongs to, which it keeps open.</summary>
    public async Task<Secret> SessionAsync(HttpContext context)
    {
        var session = cookie.Read(context.Request) ?? throw ApiException.Unauthorized();
        return await actors.AskAccessAsync(new AccessQueries.SessionOf(session), context.RequestAborted) is AccessReplies.SessionIs
            ? session
            : throw ApiException.Unauthorized();
    }

    /// <summary>Whether a session goes on; asking does not keep it open.</summary>
    public async Task<bool> IsOpenAsync(Secret session, CancellationToken cancellationToken) =>
        await actors.AskAccessAsync(new AccessQueries.SessionOf(session) { IsUse = false }, cancellationToken) is AccessReplies.SessionIs;

    /// <summary>The same, or an external initiator. Its token counts only where there is no session at all, be it a good one or not.</summary>
    public async Task<Caller> SessionOrTokenAsync(HttpContext context)
    {
        if (SessionCookie.IsPresent(context.Request))
            return new Caller(await SessionAsync(context), null);
        var (key, secret) = (One(context, AccessKeyHeader), One(context, SecretHeader));
        if (key is null || secret is null)
            throw ApiException.Unauthorized();
        return await actors.AskAccessAsync(new AccessQueries.InitiatorOf(key, new Secret(secret)), context.RequestAborted) is AccessReplies.InitiatorIs found
            ? new Caller(null, found.Initiator)
            : throw ApiException.Unauthorized();
    }

    /// <summary>The token of the request's only <c>Authorization</c> header; null: it has none.</summary>
    public static Secret? BearerToken(HttpContext context)
    {
        const string Scheme = "Bearer ";
        var headers = context.Request.Headers.Authorization;
        return headers.Count == 1 && headers[0] is { Length: <= MaxHeader } header && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? new Secret(header[Scheme.Length..].Trim(' '))
            : null;
    }

    private static string? One(HttpContext context, string name) =>
        context.Request.Headers[name] is [{ Length: > 0 and <= MaxHeader } value] ? value : null;
}

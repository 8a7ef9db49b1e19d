using System.Net;
using ActorNode.Jobs.Access;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Server.Http.Jobs;

/// <summary>
/// The cookie <c>clsession</c>: the session's id and the node's signature of it. One that the node did not sign, and two of them, are none.
/// </summary>
internal sealed class SessionCookie(CookieSecret secret, JobsSessionSettings settings)
{
    public const string Name = "clsession";

    private const int IdLength = 64;
    private const int SignatureLength = 64;
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(30);

    /// <summary>Whether the request has any cookie of the name, be it what it may.</summary>
    public static bool IsPresent(HttpRequest request) => Values(request).Any();

    /// <summary>The session's id that the request's only cookie carries; null: it carries none of ours.</summary>
    public Secret? Read(HttpRequest request)
    {
        if (Values(request).Take(2).ToList() is not [var value] || value.Length != IdLength + 1 + SignatureLength || value[IdLength] != '.')
            return null;
        var id = value[..IdLength];
        return secret.Signed(id, value[(IdLength + 1)..]) ? new Secret(id) : null;
    }

    /// <summary>Gives a session's id to the client.</summary>
    public void Write(HttpContext context, Secret session) =>
        context.Response.Cookies.Append(Name, $"{session.Reveal()}.{secret.Sign(session.Reveal())}", Options(context, MaxAge));

    /// <summary>Takes it away again.</summary>
    public void Remove(HttpContext context) => context.Response.Cookies.Append(Name, "", Options(context, TimeSpan.Zero));

    private CookieOptions Options(HttpContext context, TimeSpan maxAge) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = settings.SecureCookies && !IsPlainLoopback(context),
        MaxAge = maxAge,
        Path = "/",
        IsEssential = true,
    };

    /// <summary>
    /// Nothing of it leaves this machine, and a client that keeps the rules would not send a secure cookie back. A proxy on this machine, which
    /// says that it is one, is something else: what is before it may be anything.
    /// </summary>
    private static bool IsPlainLoopback(HttpContext context) =>
        !context.Request.IsHttps
        && context.Connection.RemoteIpAddress is { } client && IPAddress.IsLoopback(client)
        && !context.Request.Headers.ContainsKey("X-Forwarded-For") && !context.Request.Headers.ContainsKey("X-Forwarded-Proto") && !context.Request.Headers.ContainsKey("Forwarded");

    /// <summary>Not the server's own reading, of which the last of several stands.</summary>
    private static IEnumerable<string> Values(HttpRequest request)
    {
        foreach (var header in request.Headers.Cookie)
        {
            foreach (var part in (header ?? "").Split(';', StringSplitOptions.TrimEntries))
            {
                if (part.StartsWith(Name + "=", StringComparison.Ordinal))
                    yield return part[(Name.Length + 1)..];
            }
        }
    }
}

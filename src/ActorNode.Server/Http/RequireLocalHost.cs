using System.Net;

namespace ActorNode.Server.Http;

/// <summary>
/// Without a token the node listens on loopback only; then it must not take requests that a browser sends on behalf of some site whose
/// name was made to resolve to this machine. Such a request carries that name as its host: only <c>localhost</c> and addresses pass.
/// </summary>
internal static class RequireLocalHost
{
    public static Task InvokeAsync(HttpContext context, RequestDelegate next) =>
        Allows(context)
            ? next(context)
            : new Problem(421, "Misdirected request", "Host must be localhost or an IP address while no token is set (actornode.http.token-file)") { Field = "Host" }
                .WriteAsync(context);

    /// <summary>Whether the request's host is no name that somebody else made up.</summary>
    public static bool Allows(HttpContext context)
    {
        var host = context.Request.Host.Host;
        return host.Length == 0 || host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host.Trim('[', ']'), out _);
    }
}

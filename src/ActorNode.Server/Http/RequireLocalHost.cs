using System.Net;

namespace ActorNode.Server.Http;

/// <summary>
/// Without a token the node listens on loopback only; then it must not take requests that a browser sends on behalf of some site whose
/// name was made to resolve to this machine. Such a request carries that name as its host: only <c>localhost</c> and addresses pass.
/// </summary>
internal static class RequireLocalHost
{
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var host = context.Request.Host.Host;
        return host.Length == 0 || host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host.Trim('[', ']'), out _)
            ? next(context)
            : new Problem(421, "Misdirected request", "Host must be localhost or an IP address while no token is set (actornode.http.token-file)") { Field = "Host" }
                .WriteAsync(context);
    }
}

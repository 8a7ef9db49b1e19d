using System.Collections.Frozen;
using ActorNode.Jobs.Access;

namespace ActorNode.Server.Http.Jobs;

/// <summary>
/// Which web pages may use the API from a browser. Those of the node itself and of the origins that the settings name; another page may not
/// change anything, even where a browser would send it along with the cookie.
/// </summary>
internal sealed class Origins(JobsApiSettings settings)
{
    private readonly FrozenSet<string> _allowed = settings.AllowOrigins.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>True: the request was a question of a browser, and is answered.</summary>
    public bool Answer(HttpContext context)
    {
        var request = context.Request;
        if (request.Headers.Origin is not { Count: > 0 } given)
            return false;
        var origin = given.ToString();
        var own = string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
        var allowed = _allowed.Contains("*") || _allowed.Contains(origin);
        var asks = HttpMethods.IsOptions(request.Method) && request.Headers.AccessControlRequestMethod.Count > 0;
        context.Response.Headers.Vary = "Origin";
        if (!own && !allowed && (asks || !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))))
            throw new ApiException(403, "Origin is none that may use this API (actornode.jobs.api.allow-origins)");
        if (!allowed)
            return false;
        context.Response.Headers.AccessControlAllowOrigin = origin;
        context.Response.Headers.AccessControlAllowCredentials = "true";
        if (!asks)
            return false;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers.AccessControlAllowMethods = "GET, POST, PATCH, DELETE";
        context.Response.Headers.AccessControlAllowHeaders = "Authorization, Content-Type, X-Chainlink-EA-AccessKey, X-Chainlink-EA-Secret";
        context.Response.Headers.AccessControlMaxAge = "600";
        return true;
    }
}

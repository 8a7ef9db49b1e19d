namespace ActorNode.Server.Http;

/// <summary>
/// Lets a request through when its endpoint needs no token, or the request has it. Stands behind routing, so that the decision hangs on
/// the endpoint that will run and not on how its path was spelled; what has no endpoint needs the token too.
/// </summary>
internal static class RequireToken
{
    public static RequestDelegate Before(RequestDelegate next, BearerToken token) => context =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<NeedsNoToken>() is not null || token.Opens(context.Request.Headers.Authorization))
            return next(context);
        var presented = context.Request.Headers.Authorization.Count > 0;
        context.Response.Headers.WWWAuthenticate = presented ? "Bearer realm=\"actornode\", error=\"invalid_token\"" : "Bearer realm=\"actornode\"";
        return new Problem(401, "Unauthorized", presented
            ? "Authorization does not carry this node's bearer token"
            : "Authorization is missing: this node needs its bearer token").WriteAsync(context);
    };
}

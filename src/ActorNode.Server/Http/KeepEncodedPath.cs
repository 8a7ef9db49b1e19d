using Microsoft.AspNetCore.Http.Features;

namespace ActorNode.Server.Http;

/// <summary>
/// Routes by the path as it was sent. The server's own decoding leaves an encoded slash encoded, so that it cannot be told from an
/// encoded "%2F", and takes dot segments out; but account and message ids are any text. Here every segment stays as it is, and
/// <see cref="PathText"/> decodes the segments that are ids.
/// </summary>
internal static class KeepEncodedPath
{
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (!string.IsNullOrEmpty(target))
            context.Request.Path = PathOf(target);
        return next(context);
    }

    /// <summary>The path of a request target: origin form ("/a?b") or absolute form ("http://host/a?b").</summary>
    internal static PathString PathOf(string target)
    {
        var path = target.AsSpan();
        var end = path.IndexOfAny('?', '#');
        if (end >= 0)
            path = path[..end];
        var authority = path.StartsWith("/") ? -1 : path.IndexOf("://");
        if (authority >= 0)
        {
            path = path[(authority + 3)..];
            var slash = path.IndexOf('/');
            path = slash < 0 ? "/" : path[slash..];
        }

        return path.StartsWith("/") ? new PathString(path.ToString()) : new PathString("/");
    }
}

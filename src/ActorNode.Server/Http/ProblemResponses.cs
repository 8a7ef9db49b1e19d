using System.Diagnostics;

namespace ActorNode.Server.Http;

/// <summary>
/// The outermost layer: every refusal and failure leaves as a problem. A failure of ours is logged with an id, which is all that the
/// client gets to see of it; a client that went away is nobody's failure.
/// </summary>
internal sealed partial class ProblemResponses(RequestDelegate next, ILogger<ProblemResponses> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
                await ForStatus(context).WriteAsync(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = context.Response.HasStarted ? context.Response.StatusCode : StatusCodes.Status499ClientClosedRequest;
        }
        catch (BadHttpRequestException e)
        {
            // The server's own words for a broken body or one that came too slowly.
            await Answer(context, e.StatusCode switch
            {
                StatusCodes.Status408RequestTimeout => new Problem(408, "Request timeout", "the request body arrived too slowly"),
                StatusCodes.Status413PayloadTooLarge => new Problem(413, "Content too large", "the request body is too long"),
                _ => new Problem(400, "Bad request", "the request body breaks the rules of HTTP or ended early"),
            });
        }
        catch (ProblemException e)
        {
            await Answer(context, e.Problem);
        }
        catch (Exception e)
        {
            var id = Guid.NewGuid().ToString("N");
            LogFailed(e, context.Request.Method, RouteOf(context), id);
            await Answer(context, new Problem(500, "Internal error", "the node failed to answer; its log has more under this id") { Id = id });
        }

        if (log.IsEnabled(LogLevel.Debug))
            LogServed(context.Request.Method, RouteOf(context), context.Response.StatusCode, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    private static Problem ForStatus(HttpContext context) => context.Response.StatusCode switch
    {
        404 => Problem.NotFound("there is no such route"),
        405 => new Problem(405, "Method not allowed", $"this route takes {context.Response.Headers.Allow}"),
        415 => new Problem(415, "Unsupported media type", "Content-Type is not one that this route takes"),
        var status => new Problem(status, Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status), "the request was refused"),
    };

    /// <summary>Once a response is under way it cannot become another; the connection is cut so that it does not look complete.</summary>
    private static async Task Answer(HttpContext context, Problem problem)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Clear();
        await problem.WriteAsync(context);
    }

    private static string RouteOf(HttpContext context) =>
        (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Route} failed, id {ProblemId}")]
    private partial void LogFailed(Exception error, string method, string route, string problemId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Route} answered {Status} in {Milliseconds:0.0} ms")]
    private partial void LogServed(string method, string route, int status, double milliseconds);
}

/// <summary>Ends a request with a problem, from wherever it is found.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Detail)
{
    /// <summary>What the client gets.</summary>
    public Problem Problem { get; } = problem;
}

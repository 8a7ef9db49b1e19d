namespace ActorNode.Server.Http.Jobs;

/// <summary>
/// Every refusal and failure of the jobs' API leaves as its clients expect it. A failure of ours is logged with an id, which is all that the
/// client gets to see of it.
/// </summary>
internal sealed partial class ApiErrors(RequestDelegate next, ILogger<ApiErrors> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: 404 or 405 or 415, ContentLength: null, ContentType: null })
                await ForStatus(context).WriteAsync(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            throw;
        }
        catch (ApiException refused)
        {
            await AnswerAsync(context, refused);
        }
        catch (ProblemException problem)
        {
            await AnswerAsync(context, new ApiException(problem.Problem.Status, problem.Problem.Detail) { RetryAfter = problem.Problem.RetryAfter });
        }
        catch (BadHttpRequestException broken)
        {
            await AnswerAsync(context, broken.StatusCode switch
            {
                StatusCodes.Status408RequestTimeout => new ApiException(408, "the request body arrived too slowly"),
                StatusCodes.Status413PayloadTooLarge => new ApiException(413, "the request body is too long"),
                _ => new ApiException(400, "the request body breaks the rules of HTTP or ended early"),
            });
        }
        catch (Exception failure)
        {
            var id = Guid.NewGuid().ToString("N");
            LogFailed(failure, context.Request.Method, (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)", id);
            await AnswerAsync(context, new ApiException(500, $"the node failed to answer; its log has more under {id}"));
        }
    }

    private static ApiException ForStatus(HttpContext context) => context.Response.StatusCode switch
    {
        404 => ApiException.NotFound("there is no such route"),
        405 => new ApiException(405, $"this route takes {context.Response.Headers.Allow}"),
        var status => new ApiException(status, "the request was refused"),
    };

    /// <summary>Once a response is under way it cannot become another; the connection is cut so that it does not look complete.</summary>
    private static async Task AnswerAsync(HttpContext context, ApiException refused)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        var headers = context.Response.Headers;
        var (origin, credentials, vary) = (headers.AccessControlAllowOrigin, headers.AccessControlAllowCredentials, headers.Vary);
        context.Response.Clear();
        ApiHeaders.AddTo(context.Response);
        // Else a browser would not let its page see what is wrong.
        (headers.AccessControlAllowOrigin, headers.AccessControlAllowCredentials, headers.Vary) = (origin, credentials, vary);
        await refused.WriteAsync(context);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Route} failed, id {ProblemId}")]
    private partial void LogFailed(Exception error, string method, string route, string problemId);
}

using System.Threading.Channels;
using ActorNode.Configuration;
using ActorNode.Messages;
using ActorNode.Protocol.Messages;
using ActorNode.Server.Metrics;
using Microsoft.AspNetCore.Http.Features;

namespace ActorNode.Server.Http.Messages;

/// <summary>
/// <c>GET /v1/messages/{account}/events</c>: an account's messages as server-sent events, each once and in order, from after
/// <c>Last-Event-ID</c> or <c>?after=</c> on, otherwise the new ones only. The stream pulls pages at the client's pace and is woken by
/// commits. Where retention was faster it says so (<c>event: gone</c>) and goes on with the first message still there. Ends with the client
/// and with the node.
/// </summary>
internal sealed partial class FollowRoute(
    NodeActors actors, HttpSettings settings, MessagesSettings messages, NodeLifetime lifetime, HttpMetrics metrics, ILogger<FollowRoute> log)
{
    /// <summary>About what a page of a stream may weigh: with small bodies many messages, with large ones few.</summary>
    private const int PageBytes = 256 * 1024;
    private const int MostMessages = 200;
    private static readonly TimeSpan RetryRead = TimeSpan.FromSeconds(1);

    private readonly int _maxPage = Math.Min(MostMessages, messages.MaxPage);
    private int _open;

    public async Task InvokeAsync(HttpContext context)
    {
        RequestFields.AllowOnly(context, "after");
        var account = RequestFields.Account(context);
        var start = StartOf(context);
        if (lifetime.IsStopping)
            throw new ProblemException(Problem.Unavailable("the node is shutting down"));
        try
        {
            if (Interlocked.Increment(ref _open) > settings.MaxFollowers)
            {
                throw new ProblemException(new Problem(429, "Too many requests", $"{settings.MaxFollowers} event streams are open, as many as may be (actornode.http.max-followers)")
                {
                    RetryAfter = settings.Heartbeat,
                });
            }

            await FollowAsync(context, account, start);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    /// <summary>A client that reconnects knows better than the address it reconnects to, so its header comes first.</summary>
    private static long? StartOf(HttpContext context)
    {
        var header = context.Request.Headers["Last-Event-ID"];
        var after = RequestFields.Sequence(context, "after");
        return header.Count > 0 ? RequestFields.ParseSequence(header.ToString(), "Last-Event-ID") : after;
    }

    private async Task FollowAsync(HttpContext context, AccountId account, long? start)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.Stopping);
        var signals = FollowerActor.Signals();
        var follower = actors.Start(FollowerActor.Props(actors.Accounts, account, settings.Heartbeat, signals.Writer));
        metrics.Followers.Add(1);
        try
        {
            var last = await FirstSignalAsync(signals.Reader, end.Token);
            await StreamAsync(context.Response, account, start ?? last, last, signals.Reader, end.Token);
        }
        catch (Exception e) when (e is OperationCanceledException && end.IsCancellationRequested || e is ChannelClosedException)
        {
            // The client went away, the node stops, or its actors ended first: the stream ends here, complete as far as it goes.
            if (!context.Response.HasStarted)
                throw new ProblemException(Problem.Unavailable("the node is shutting down"));
        }
        finally
        {
            metrics.Followers.Add(-1);
            actors.Stop(follower);
        }
    }

    private async Task<long> FirstSignalAsync(ChannelReader<long> signals, CancellationToken end)
    {
        try
        {
            return await signals.ReadAsync(end).AsTask().WaitAsync(settings.RequestTimeout, end);
        }
        catch (TimeoutException)
        {
            throw new ProblemException(Problem.Unavailable("the account did not answer in time"));
        }
    }

    private async Task StreamAsync(HttpResponse response, AccountId account, long position, long last, ChannelReader<long> signals, CancellationToken end)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using var events = new EventWriter(response);
        await events.CommentAsync("following", end);
        var limit = Math.Min(8, _maxPage);
        while (true)
        {
            while (position < last)
            {
                switch (await NextAsync(account, position, limit, end))
                {
                    case MessageReplies.Page { Messages: [.., var newest] messages }:
                        foreach (var message in messages)
                            await events.MessageAsync(message, end);
                        position = newest.Sequence;
                        limit = NextLimit(messages.Sum(m => (long)m.Body.Length) / messages.Length);
                        break;
                    case MessageReplies.Gone gone when gone.First - 1 > position:
                        await events.GoneAsync(gone.First, end);
                        position = gone.First - 1;
                        break;
                    case MessageReplies.Page or MessageReplies.Gone:
                        // Nothing there yet although it was announced: the next signal tells more.
                        last = position;
                        break;
                    case var failure:
                        // A store that does not work at the moment is no reason to end the stream.
                        LogFailed(account, (failure as MessageReplies.QueryFailed)?.Detail ?? (failure as Problem)?.Detail);
                        await events.CommentAsync("waiting for the store", end);
                        await Task.Delay(RetryRead, end);
                        break;
                }
            }

            last = Math.Max(last, await signals.ReadAsync(end));
            if (last <= position)
                await events.CommentAsync("still here", end);
        }
    }

    private async Task<object> NextAsync(AccountId account, long position, int limit, CancellationToken end)
    {
        try
        {
            return await actors.AskReaderAsync(new MessageQueries.PageAfter(account, position, limit), end);
        }
        catch (ProblemException e)
        {
            return e.Problem;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A follower of account {AccountId} waits, a read failed: {Error}")]
    private partial void LogFailed(AccountId accountId, string? error);

    private int NextLimit(long averageBody) => (int)Math.Clamp(PageBytes / (averageBody + 256), 1, _maxPage);
}

using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using ActorNode.Configuration;
using ActorNode.Jobs.Specs;
using ActorNode.Protocol.Jobs;
using Microsoft.AspNetCore.Http.Features;

namespace ActorNode.Server.Http.Jobs;

/// <summary>
/// <c>GET /v2/runs/events</c>: runs each time that they change, as server-sent events from now on, of one job with <c>jobSpecId</c>. The first
/// comment says that none is missed from there on. A client that does not keep up is told so (<c>event: lost</c>) and its stream ends; so does
/// one whose session ends.
/// </summary>
internal sealed class RunEventsRoute(JobsActors actors, ApiAccess access, HttpSettings settings, NodeLifetime lifetime)
{
    private int _open;

    public async Task InvokeAsync(HttpContext context)
    {
        var session = await access.SessionAsync(context);
        JobId? job = context.Request.Query["jobSpecId"].ToString() is { Length: > 0 } given ? new JobId(given) : null;
        try
        {
            if (Interlocked.Increment(ref _open) > settings.MaxFollowers)
                throw new ApiException(429, $"{settings.MaxFollowers} event streams are open, as many as may be (actornode.http.max-followers)") { RetryAfter = settings.Heartbeat };
            await FollowAsync(context, session, job);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task FollowAsync(HttpContext context, Secret session, JobId? job)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.Stopping);
        var events = Channel.CreateBounded<object>(new BoundedChannelOptions(RunListenerActor.Capacity) { SingleReader = true, SingleWriter = true });
        var listener = actors.Start(RunListenerActor.Props(job, events.Writer));
        try
        {
            await StreamAsync(context.Response, events.Reader, session, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client went away, or the node stops: the stream ends here, complete as far as it goes.
            if (!context.Response.HasStarted)
                throw ApiException.Unavailable("the node is shutting down");
        }
        finally
        {
            actors.Stop(listener);
        }
    }

    private async Task StreamAsync(HttpResponse response, ChannelReader<object> events, Secret session, CancellationToken end)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using var buffer = new PooledBuffer(4096);
        var asked = Stopwatch.GetTimestamp();
        while (true)
        {
            var next = await NextAsync(events, end);
            // Where runs change all the time there is no silence to ask in.
            if (next is Silence || Stopwatch.GetElapsedTime(asked) >= settings.Heartbeat)
            {
                if (!await access.IsOpenAsync(session, end))
                    return;
                asked = Stopwatch.GetTimestamp();
            }

            switch (next)
            {
                case RunListenerActor.Following:
                    Encoding.ASCII.GetBytes(": following\n\n", buffer);
                    break;
                case JobEvents.RunChanged changed:
                    Write(buffer, changed.Run);
                    break;
                case Silence:
                    Encoding.ASCII.GetBytes(": still here\n\n", buffer);
                    break;
                default:
                    Encoding.ASCII.GetBytes("event: lost\ndata: {}\n\n", buffer);
                    await SendAsync(response, buffer, end);
                    return;
            }

            await SendAsync(response, buffer, end);
        }
    }

    private static async ValueTask SendAsync(HttpResponse response, PooledBuffer buffer, CancellationToken end)
    {
        await response.BodyWriter.WriteAsync(buffer.Written, end);
        buffer.Clear();
    }

    /// <summary>The next event; <see cref="Silence"/> at a heartbeat, null when there will be none.</summary>
    private async Task<object?> NextAsync(ChannelReader<object> events, CancellationToken end)
    {
        using var beat = CancellationTokenSource.CreateLinkedTokenSource(end);
        beat.CancelAfter(settings.Heartbeat);
        try
        {
            return await events.WaitToReadAsync(beat.Token) && events.TryRead(out var next) ? next : null;
        }
        catch (OperationCanceledException) when (!end.IsCancellationRequested)
        {
            return Silence.Instance;
        }
    }

    private static void Write(PooledBuffer buffer, JobRun run)
    {
        using var data = new PooledBuffer(1024);
        using (var json = new Utf8JsonWriter(data, HttpJson.Options))
            JobJson.WriteRun(json, run);
        Encoding.ASCII.GetBytes("event: run\ndata: ", buffer);
        data.Written.Span.CopyTo(buffer.GetSpan(data.Written.Length));
        buffer.Advance(data.Written.Length);
        Encoding.ASCII.GetBytes("\n\n", buffer);
    }

    private sealed class Silence
    {
        public static readonly Silence Instance = new();
    }
}

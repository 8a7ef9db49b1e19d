using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using ActorNode.Configuration;
using ActorNode.Protocol.Forging;
using Microsoft.AspNetCore.Http.Features;

namespace ActorNode.Server.Http.Forging;

/// <summary>
/// <c>GET /v1/forging/events</c>: what becomes of duties, as server-sent events from now on, narrowed by <c>source</c>, <c>key</c> and
/// <c>chain</c>. The first comment says that none is missed from there on. A client that does not keep up is told so
/// (<c>event: lost</c>) and its stream ends.
/// </summary>
internal sealed class ForgeEventsRoute(NodeActors actors, HttpSettings settings, NodeLifetime lifetime)
{
    private int _open;

    public async Task InvokeAsync(HttpContext context)
    {
        RequestFields.AllowOnly(context, "source", "key", "chain");
        var filter = new ForgeFilter(
            RequestFields.Text(context, "source"),
            RequestFields.Text(context, "key") is { } key ? ImmutableHashSet.Create(new ConsensusKeyId(key)) : null,
            RequestFields.Text(context, "chain") is { } chain ? new ChainName(chain) : null);
        try
        {
            if (Interlocked.Increment(ref _open) > settings.MaxFollowers)
                throw new ProblemException(new Problem(429, "Too many requests", $"{settings.MaxFollowers} event streams are open, as many as may be (actornode.http.max-followers)") { RetryAfter = settings.Heartbeat });
            await FollowAsync(context, filter);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task FollowAsync(HttpContext context, ForgeFilter filter)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.Stopping);
        var events = Channel.CreateBounded<object>(new BoundedChannelOptions(ForgeListenerActor.Capacity) { SingleReader = true, SingleWriter = true });
        var listener = actors.Start(ForgeListenerActor.Props(actors.Forging, filter, events.Writer));
        try
        {
            await StreamAsync(context.Response, events.Reader, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client went away, or the node stops: the stream ends here, complete as far as it goes.
            if (!context.Response.HasStarted)
                throw new ProblemException(Problem.Unavailable("the node is shutting down"));
        }
        finally
        {
            actors.Stop(listener);
        }
    }

    private async Task StreamAsync(HttpResponse response, ChannelReader<object> events, CancellationToken end)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using var buffer = new PooledBuffer(4096);
        while (await NextAsync(events, end) is var next && next is not Lost)
        {
            switch (next)
            {
                case ForgeReplies.Subscribed:
                    Encoding.ASCII.GetBytes(": following\n\n", buffer);
                    break;
                case IForgeEvent forgeEvent:
                    Write(buffer, forgeEvent);
                    break;
                default:
                    Encoding.ASCII.GetBytes(": still here\n\n", buffer);
                    break;
            }

            await SendAsync(response, buffer, end);
        }

        Encoding.ASCII.GetBytes("event: lost\ndata: {}\n\n", buffer);
        await SendAsync(response, buffer, end);
    }

    private static async ValueTask SendAsync(HttpResponse response, PooledBuffer buffer, CancellationToken end)
    {
        await response.BodyWriter.WriteAsync(buffer.Written, end);
        buffer.Clear();
    }

    /// <summary>The next event; null at a heartbeat, <see cref="Lost"/> when there will be none.</summary>
    private async Task<object?> NextAsync(ChannelReader<object> events, CancellationToken end)
    {
        using var beat = CancellationTokenSource.CreateLinkedTokenSource(end);
        beat.CancelAfter(settings.Heartbeat);
        try
        {
            return await events.WaitToReadAsync(beat.Token) && events.TryRead(out var next) ? next : Lost.Instance;
        }
        catch (OperationCanceledException) when (!end.IsCancellationRequested)
        {
            return null;
        }
    }

    private static void Write(PooledBuffer buffer, IForgeEvent forgeEvent)
    {
        using var data = new PooledBuffer(1024);
        using var json = new Utf8JsonWriter(data, HttpJson.Options);
        var name = ForgingJson.Write(json, forgeEvent);
        json.Flush();
        Encoding.ASCII.GetBytes($"event: {name}\ndata: ", buffer);
        data.Written.Span.CopyTo(buffer.GetSpan(data.Written.Length));
        buffer.Advance(data.Written.Length);
        Encoding.ASCII.GetBytes("\n\n", buffer);
    }

    private sealed class Lost
    {
        public static readonly Lost Instance = new();

        private Lost()
        {
        }
    }
}

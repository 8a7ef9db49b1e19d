namespace ActorNode.Server.Http;

/// <summary>Reads a request body whole, within a limit.</summary>
internal static class RequestBody
{
    private const int FirstRead = 16 * 1024;

    /// <summary>
    /// The body; the caller disposes it. Too long: 413, by <c>Content-Length</c> before anything is read, and for a body without one
    /// (chunked) at the first byte beyond the limit. Memory grows with what has arrived, not with what is announced, and is taken from
    /// <paramref name="share"/>; nothing left there: 429. <paramref name="setting"/>: where the limit is from.
    /// </summary>
    public static async ValueTask<PooledBuffer> ReadAsync(
        HttpRequest request, long limit, BodyBudget.Share share, CancellationToken cancellationToken, string setting = "actornode.http.max-request-body")
    {
        if (request.ContentLength > limit)
            throw TooLong(limit, setting);
        // One byte more than there may be, so that the read which finds the end needs no growth.
        var first = (int)Math.Min(FirstRead, (request.ContentLength ?? limit) + 1);
        if (!share.TryGrowTo(first))
            throw NoMemory();
        var buffer = new PooledBuffer(first);
        try
        {
            while (true)
            {
                var read = await request.Body.ReadAsync(buffer.GetMemory(), cancellationToken);
                if (read == 0)
                    return buffer;
                buffer.Advance(read);
                if (buffer.Written.Length > limit)
                    throw TooLong(limit, setting);
                // What the buffer will be after it has doubled.
                if (buffer.IsFull && !share.TryGrowTo(2L * buffer.Written.Length))
                    throw NoMemory();
            }
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    private static ProblemException TooLong(long limit, string setting) =>
        new(new Problem(413, "Content too large", $"the request body is longer than {limit} bytes ({setting})"));

    private static ProblemException NoMemory() =>
        new(new Problem(429, "Too many requests", "other requests hold the memory for request bodies; send again later") { RetryAfter = TimeSpan.FromSeconds(1) });
}

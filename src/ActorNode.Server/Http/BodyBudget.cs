namespace ActorNode.Server.Http;

/// <summary>
/// Memory that all requests together may hold for bodies, from the first byte until the request is answered. Who finds it used up is
/// turned away instead of waiting, so that slow senders cannot block each other. Thread-safe.
/// </summary>
internal sealed class BodyBudget(long total)
{
    private long _taken;

    /// <summary>Bytes that are held now.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>A share that starts empty; disposing it gives everything back.</summary>
    public Share Open() => new(this);

    /// <summary>One request's share. Not thread-safe: a request runs one step at a time.</summary>
    public sealed class Share(BodyBudget budget) : IDisposable
    {
        private long _held;

        /// <summary>Makes the share <paramref name="bytes"/> large; false when that is more than is left, and the share stays as it is.</summary>
        public bool TryGrowTo(long bytes)
        {
            var more = bytes - _held;
            if (more <= 0)
                return true;
            if (Interlocked.Add(ref budget._taken, more) > budget.Total)
            {
                Interlocked.Add(ref budget._taken, -more);
                return false;
            }

            _held = bytes;
            return true;
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            Interlocked.Add(ref budget._taken, -_held);
            _held = 0;
        }
    }

    private long Total => total;
}

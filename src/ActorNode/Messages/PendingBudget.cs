namespace ActorNode.Messages;

/// <summary>
/// The bytes that all accounts of a node together may hold, accepted and not yet committed. One for a node; thread-safe, lock-free: it is
/// asked once a write.
/// </summary>
public sealed class PendingBudget(long limit)
{
    private long _used;

    /// <summary>Bytes taken now.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Takes the bytes, or nothing when that would pass the limit.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit)
            return true;
        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    /// <summary>Gives back what was taken.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);
}

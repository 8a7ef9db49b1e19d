namespace ActorNode.Upkeep.Store;

/// <summary>Counts the backups that hold a write. Thread-safe.</summary>
internal sealed class Acknowledgement(int required)
{
    private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    /// <summary>Completes when enough backups hold the write.</summary>
    public Task Enough => _enough.Task;

    /// <summary>How many do.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>One more does.</summary>
    public void Add()
    {
        if (Interlocked.Increment(ref _count) == required)
            _enough.TrySetResult();
    }
}

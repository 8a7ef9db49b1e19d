namespace ActorNode.Server.Http;

/// <summary>
/// Writes that wait for their accounts' answers. A node that stops waits for them after the accounts have finished: their answers are on
/// the way by then, and an actor system that ended first would turn stored messages into ones of unknown outcome. Thread-safe.
/// </summary>
internal sealed class OpenWrites
{
    private readonly TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open;
    private volatile bool _ending;

    /// <summary>One write begins.</summary>
    public void Enter() => Interlocked.Increment(ref _open);

    /// <summary>One write was answered.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _open) == 0 && _ending)
            _none.TrySetResult();
    }

    /// <summary>Completes when no write is open. For the end of the node: from then on it stays completed.</summary>
    public Task WhenNone()
    {
        _ending = true;
        if (Volatile.Read(ref _open) == 0)
            _none.TrySetResult();
        return _none.Task;
    }
}

namespace ActorNode.Upkeep;

/// <summary>
/// A call that is never made twice at once, whoever restarts in between: who asks while one is under way gets the end of that one. Its end,
/// by failure or cancellation too, frees the way. Thread-safe.
/// </summary>
internal sealed class SingleFlight(Func<CancellationToken, Task> call)
{
    private readonly Lock _lock = new();
    private Task _current = Task.CompletedTask;

    public Task RunAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_current.IsCompleted)
                _current = CallAsync(cancellationToken);
            return _current;
        }
    }

    /// <summary>Outside of the lock, on the asker's threads. What the call throws before it returns a task is an end of it as well.</summary>
    private async Task CallAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        await call(cancellationToken).ConfigureAwait(false);
    }
}

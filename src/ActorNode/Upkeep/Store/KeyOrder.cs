namespace ActorNode.Upkeep.Store;

/// <summary>Runs the work of one key in the order of the calls, one after the other; of different keys at once. Thread-safe.</summary>
internal sealed class KeyOrder
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UpkeepKey, Task> _last = [];

    /// <summary>
    /// Starts the work when the key's earlier work has ended, however it did. Work that has begun runs to its end: the token only ends the
    /// caller's waiting, or keeps work from beginning.
    /// </summary>
    public Task RunAsync(UpkeepKey key, Func<Task> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before;
        lock (_lock)
        {
            before = _last.GetValueOrDefault(key, Task.CompletedTask);
            _last[key] = ended.Task;
        }

        return RunAfterAsync().WaitAsync(cancellationToken);

        async Task RunAfterAsync()
        {
            try
            {
                await before.ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                await work().ConfigureAwait(false);
            }
            finally
            {
                lock (_lock)
                {
                    if (_last[key] == ended.Task)
                        _last.Remove(key);
                }

                ended.SetResult();
            }
        }
    }

    /// <summary>Waits until nothing is under way.</summary>
    public async Task IdleAsync()
    {
        while (true)
        {
            Task[] running;
            lock (_lock)
                running = [.. _last.Values];
            if (running.Length == 0)
                return;
            await Task.WhenAll(running).ConfigureAwait(false);
        }
    }
}

namespace ActorNode.Upkeep.Store;

/// <summary>Runs the work of one key in the order of the calls, one after the other; of different keys at once. Thread-safe.</summary>
internal sealed class KeyOrder
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UpkeepKey, Task> _last = [];

    /// <summary>
    /// Starts the work when the key's earlier work has ended, however it did. Work that has begun runs to its end: the token only ends the
    /// caller's waiting, or keeps work from beginning. Work that will not begin is let go of at once, with the bytes that it would write.
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

        return RunAfterAsync(before, key, work, ended, cancellationToken).WaitAsync(cancellationToken);
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

    private async Task RunAfterAsync(Task before, UpkeepKey key, Func<Task> work, TaskCompletionSource ended, CancellationToken cancellationToken)
    {
        try
        {
            await before.WaitAsync(cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (OperationCanceledException)
        {
            // What comes later still waits for what came before.
            _ = EndAfterAsync(before, key, ended);
            throw;
        }

        try
        {
            await work().ConfigureAwait(false);
        }
        finally
        {
            End(key, ended);
        }
    }

    private async Task EndAfterAsync(Task before, UpkeepKey key, TaskCompletionSource ended)
    {
        await before.ConfigureAwait(false);
        End(key, ended);
    }

    private void End(UpkeepKey key, TaskCompletionSource ended)
    {
        lock (_lock)
        {
            if (_last[key] == ended.Task)
                _last.Remove(key);
        }

        ended.SetResult();
    }
}

namespace ActorNode.Server.Tests.Crash.Forging;

/// <summary>Counts what happens, and lets others wait until it has happened so often. Thread-safe.</summary>
internal sealed class Milestone
{
    private readonly Lock _lock = new();
    private readonly List<(long Count, TaskCompletionSource Reached)> _waiters = [];
    private long _count;

    public void Pass(long times = 1)
    {
        lock (_lock)
        {
            _count += times;
            foreach (var waiter in _waiters.Where(waiter => waiter.Count <= _count))
                waiter.Reached.TrySetResult();
            _waiters.RemoveAll(waiter => waiter.Count <= _count);
        }
    }

    /// <summary>Ends when it has happened so many times more.</summary>
    public Task MoreAsync(long times, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var waiter = (_count + times, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            _waiters.Add(waiter);
            return waiter.Item2.Task.WaitAsync(cancellationToken);
        }
    }
}

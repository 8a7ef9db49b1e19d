using System.Collections.Concurrent;

namespace ActorNode.Storage.Sqlite;

/// <summary>
/// The threads that a store waits for the disk on. On threads of the pool it would keep those from the actors, which have few, and the
/// pool would answer with more of them.
/// </summary>
internal sealed class StoreThreads : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    public StoreThreads(string name, int count)
    {
        for (var i = 0; i < count; i++)
            new Thread(Run) { Name = name, IsBackground = true }.Start();
    }

    /// <summary>Starts the work when a thread is free, in the order handed over; its outcome is the task's.</summary>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        });
        return done.Task;
    }

    /// <summary>The threads end once they have done what was handed over.</summary>
    public void Dispose() => _work.CompleteAdding();

    private void Run()
    {
        foreach (var work in _work.GetConsumingEnumerable())
            work();
    }
}

using System.Collections.Concurrent;

namespace ActorNode.Storage.Sqlite;

/// <summary>
/// The thread that a store writes on. A commit waits for the disk; on a thread of the pool it would keep that from the actors, which have
/// few, and the pool would answer with more threads.
/// </summary>
internal sealed class WriterThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    public WriterThread(string name) => new Thread(Run) { Name = name, IsBackground = true }.Start();

    /// <summary>Does the work after everything handed over before; its outcome is the task's.</summary>
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

    /// <summary>The thread ends once it has done what was handed over.</summary>
    public void Dispose() => _work.CompleteAdding();

    private void Run()
    {
        foreach (var work in _work.GetConsumingEnumerable())
            work();
    }
}

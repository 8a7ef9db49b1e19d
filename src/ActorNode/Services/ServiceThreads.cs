namespace ActorNode.Services;

/// <summary>
/// The threads of one service. What it starts here, and what it awaits from here, runs on at most so many threads, named after it; nobody
/// else's work does. A thread is started when there is work and ends when there was none for a while, so that a service that only waits
/// costs none. Nothing to dispose: the threads never keep the process alive. Thread-safe.
/// </summary>
internal sealed class ServiceThreads(string name, int threads) : TaskScheduler
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    private readonly LinkedList<Task> _waiting = [];
    private int _running;
    private int _idle;

    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel => threads;

    /// <summary>The threads of a service: its own, or those of the pool for none.</summary>
    public static TaskScheduler Of(string name, int threads) => threads == 0 ? Default : new ServiceThreads(name, threads);

    /// <inheritdoc/>
    protected override void QueueTask(Task task)
    {
        lock (_waiting)
        {
            _waiting.AddLast(task);

            // An idle thread that was woken counts as idle until it runs again: it takes one of the tasks that wait, not all of them.
            if (_idle >= _waiting.Count)
            {
                Monitor.Pulse(_waiting);
                return;
            }

            if (_running == threads)
                return;
            _running++;
        }

        new Thread(Work) { Name = name, IsBackground = true }.UnsafeStart();
    }

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        // The service itself waits for its own task: on its own thread that must run now, or never.
        ReferenceEquals(Current, this) && (!taskWasPreviouslyQueued || TryDequeue(task)) && TryExecuteTask(task);

    /// <inheritdoc/>
    protected override bool TryDequeue(Task task)
    {
        lock (_waiting)
            return _waiting.Remove(task);
    }

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_waiting)
            return [.. _waiting];
    }

    private void Work()
    {
        while (Take() is { } task)
            TryExecuteTask(task);
    }

    /// <summary>The next task; null when the thread should end, which then counts no more.</summary>
    private Task? Take()
    {
        lock (_waiting)
        {
            if (_waiting.Count == 0)
            {
                _idle++;
                Monitor.Wait(_waiting, Idle);
                _idle--;
            }

            if (_waiting.First is not { } first)
            {
                _running--;
                return null;
            }

            _waiting.RemoveFirst();
            return first.Value;
        }
    }
}

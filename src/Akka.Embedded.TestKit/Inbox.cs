namespace Akka.TestKit;

/// <summary>
/// What a test actor has received and the test has not yet taken, in arrival order. Any thread may add; the test takes, either
/// blocking its own thread (which the thread pool is told of, and which an arrival wakes directly) or asynchronously.
/// </summary>
internal sealed class Inbox
{
    private readonly object _gate = new();
    private readonly Queue<MessageEnvelope> _messages = new();
    private TaskCompletionSource? _arrival;

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
                return _messages.Count == 0;
        }
    }

    public void Add(MessageEnvelope envelope)
    {
        TaskCompletionSource? arrival;
        lock (_gate)
        {
            _messages.Enqueue(envelope);
            arrival = _arrival;
            _arrival = null;
        }

        arrival?.TrySetResult();
    }

    public IReadOnlyList<MessageEnvelope> Snapshot()
    {
        lock (_gate)
            return [.. _messages];
    }

    /// <summary>Waits up to <paramref name="max"/> (negative: for ever) for a message. Completes synchronously unless
    /// <paramref name="async"/>.</summary>
    public async ValueTask<MessageEnvelope?> Next(bool async, bool remove, TimeSpan max, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var deadline = Deadline.After(max);
        while (true)
        {
            Task arrived;
            lock (_gate)
            {
                if (_messages.Count > 0)
                    return remove ? _messages.Dequeue() : _messages.Peek();
                _arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                arrived = _arrival.Task;
            }

            var left = deadline.Left;
            if (left == TimeSpan.Zero)
                return null;
            if (!async)
                arrived.Wait(left, cancellationToken);
            else
                await Arrival(arrived, left, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static async Task Arrival(Task arrived, TimeSpan max, CancellationToken cancellationToken)
    {
        // The delay is called off on arrival: a test may receive many thousand messages.
        using var delay = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(arrived, Task.Delay(max, delay.Token));
        delay.Cancel();
    }
}

namespace Akka.Persistence.Sql.Journal;

/// <summary>Bounds of what a journal writes at once and holds in memory.</summary>
/// <param name="Rows">Events in a transaction, unless one command alone has more.</param>
/// <param name="Bytes">Payload bytes in a transaction, unless one command alone has more.</param>
/// <param name="PendingBytes">Payload bytes that are serialized and wait.</param>
/// <param name="Patience">How long the outcome of a broken commit is asked for.</param>
internal sealed record CommitLimits(int Rows, long Bytes, long PendingBytes, TimeSpan Patience);

/// <summary>
/// The one writer of a journal. What arrives while a transaction is being written goes into the next one, in the order of arrival, so one
/// flush of the disk serves many actors. It holds no thread: a work item runs while there is something to write. With a store that works
/// synchronously the thread that enqueued takes it up as soon as its turn ends, commits, and completes the commands inline.
/// </summary>
/// <param name="written">Called after each transaction, with why it failed, from the writer's thread.</param>
/// <param name="room">Called when <see cref="IsFull"/> has said true and there is room again, from the writer's thread.</param>
internal sealed class GroupCommit(IJournalStore store, CommitLimits limits, Action<Exception?> written, Action room) : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly Queue<JournalCommand> _queue = new();
    private readonly ManualResetEventSlim _idle = new(initialState: true);

    // The batch under way. Written by the writer alone; its first _count commands are read by others under the lock.
    private JournalCommand[] _batch = new JournalCommand[16];
    private WriteCommand[] _writes = new WriteCommand[16];
    private Exception?[] _failures = new Exception?[16];
    private int _count;

    private long _pendingBytes;
    private bool _refusedRoom;
    private bool _stopping;
    private State _state;

    private enum State
    {
        Idle,
        Scheduled,
        Running
    }

    /// <summary>Whether so much waits serialized that no more should be. If so, the callback for room comes later.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
                return _pendingBytes >= limits.PendingBytes && (_refusedRoom = true);
        }
    }

    /// <summary>Takes a command over. After <see cref="Stop"/> it fails.</summary>
    public void Enqueue(JournalCommand command)
    {
        bool refused;
        var schedule = false;
        lock (_gate)
        {
            refused = _stopping;
            if (!refused)
            {
                _queue.Enqueue(command);
                _pendingBytes += BytesOf(command);
                schedule = _state == State.Idle;
                if (schedule)
                {
                    _state = State.Scheduled;
                    _idle.Reset();
                }
            }
        }

        if (refused)
            command.Complete(new StoreUnavailableException("The journal has been stopped"));
        else if (schedule)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    /// <summary>Ends when what was enqueued of the persistence id so far is done.</summary>
    public Task SettledAsync(string persistenceId)
    {
        lock (_gate)
        {
            JournalCommand? last = null;
            foreach (var command in _batch.AsSpan(0, _count))
            {
                if (command.PersistenceId == persistenceId)
                    last = command;
            }

            foreach (var command in _queue)
            {
                if (command.PersistenceId == persistenceId)
                    last = command;
            }

            return last?.Settled ?? Task.CompletedTask;
        }
    }

    /// <summary>Writes or fails what was enqueued and closes the store; blocks for that.</summary>
    /// <returns>False when it was not done in time: it goes on, and closes then.</returns>
    public bool Stop(TimeSpan limit)
    {
        bool takeOver;
        lock (_gate)
        {
            takeOver = !_stopping && _state != State.Running;
            _stopping = true;
            if (takeOver)
            {
                // A work item that is scheduled may wait for this very thread.
                _state = State.Running;
                _idle.Reset();
            }
        }

        if (takeOver)
            _ = RunAsync();
        return _idle.Wait(limit);
    }

    void IThreadPoolWorkItem.Execute()
    {
        lock (_gate)
        {
            if (_state != State.Scheduled)
                return;
            _state = State.Running;
        }

        _ = RunAsync();
    }

    private static long BytesOf(JournalCommand command) => command is WriteCommand write ? write.Bytes : 0;

    private async Task RunAsync()
    {
        bool close;
        while (Take(out close))
        {
            try
            {
                await HandleAsync().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                _failures.AsSpan(0, _count).Fill(e);
            }

            Complete();
            if (Rescheduled())
                return;
        }

        if (!close)
            return;
        await store.DisposeAsync().ConfigureAwait(false);
        _idle.Set();
    }

    /// <summary>Takes the next batch: writes up to the limits, or one other command. False: there is none, and the writer rests.</summary>
    /// <param name="close">Whether it rests for good.</param>
    private bool Take(out bool close)
    {
        lock (_gate)
        {
            close = _stopping;
            var rows = 0;
            var bytes = 0L;
            while (_queue.TryPeek(out var command))
            {
                if (command is WriteCommand write)
                {
                    rows += write.Rows.Length;
                    bytes += write.Bytes;
                    if (_count > 0 && (rows > limits.Rows || bytes > limits.Bytes))
                        break;
                }
                else if (_count > 0)
                {
                    break;
                }

                Add(_queue.Dequeue());
                if (command is not WriteCommand)
                    break;
            }

            if (_count > 0)
                return true;
            if (!close)
            {
                _state = State.Idle;
                _idle.Set();
            }

            return false;
        }
    }

    /// <summary>
    /// Leaves what has gathered meanwhile to whichever thread is free: those that were answered just now wait for this one.
    /// </summary>
    private bool Rescheduled()
    {
        lock (_gate)
        {
            if (_stopping || _queue.Count == 0)
                return false;
            _state = State.Scheduled;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return true;
    }

    private void Add(JournalCommand command)
    {
        if (_count == _batch.Length)
        {
            Array.Resize(ref _batch, _count * 2);
            Array.Resize(ref _writes, _count * 2);
            Array.Resize(ref _failures, _count * 2);
        }

        _batch[_count] = command;
        if (command is WriteCommand write)
            _writes[_count] = write;
        _count++;
    }

    private ValueTask HandleAsync() => _batch[0] switch
    {
        WriteCommand => WriteAsync(0, _count),
        DeleteCommand delete => OneAsync(store.DeleteAsync(delete.PersistenceId, delete.ToSequenceNr)),
        _ => OneAsync(store.OpenAsync()),
    };

    private async ValueTask OneAsync(ValueTask work)
    {
        try
        {
            await work.ConfigureAwait(false);
            written(null);
        }
        catch (Exception e)
        {
            _failures[0] = e;
            written(e);
        }
    }

    /// <summary>Writes a part of the batch in one transaction. If the rows are to blame, one command at a time, so that only those fail whose rows they are.</summary>
    private async ValueTask WriteAsync(int first, int count)
    {
        var failure = await TryWriteAsync(_writes.AsMemory(first, count)).ConfigureAwait(false);
        if (failure is StoreUnavailableException { OutcomeUnknown: true } unknown)
            failure = await SettleAsync(_writes.AsMemory(first, count), unknown).ConfigureAwait(false);
        if (failure is null)
            return;
        if (failure is StoreUnavailableException || count == 1)
        {
            _failures.AsSpan(first, count).Fill(failure);
            JournalMetrics.FailedWrites.Add(count);
            return;
        }

        for (var i = first; i < first + count; i++)
            await WriteAsync(i, 1).ConfigureAwait(false);
    }

    private async ValueTask<Exception?> TryWriteAsync(ReadOnlyMemory<WriteCommand> commands)
    {
        try
        {
            await store.WriteAsync(commands).ConfigureAwait(false);
            JournalMetrics.TransactionRows.Record(RowsOf(commands.Span));
            written(null);
            return null;
        }
        catch (Exception e)
        {
            written(e);
            return e;
        }
    }

    /// <summary>
    /// Finds out what became of a transaction whose commit broke, and writes it again if it is not there. All of it is there or nothing.
    /// Should the server commit the first attempt only now, the unique index stops the second one, and the rows are found to be ours.
    /// </summary>
    /// <returns>Null: it is durable.</returns>
    private async ValueTask<Exception?> SettleAsync(ReadOnlyMemory<WriteCommand> commands, Exception failure)
    {
        var row = FirstRow(commands.Span);
        var until = DateTime.UtcNow + limits.Patience;
        for (var wait = TimeSpan.FromMilliseconds(20); ; wait = TimeSpan.FromMilliseconds(Math.Min(wait.TotalMilliseconds * 2, 1000)))
        {
            try
            {
                if (await store.IsStoredAsync(row).ConfigureAwait(false))
                    return null;
                if (failure is not StoreUnavailableException)
                    return failure;
                if (await TryWriteAsync(commands).ConfigureAwait(false) is not { } again)
                    return null;
                if (again is StoreUnavailableException { OutcomeUnknown: false })
                    return again;
                failure = again;
            }
            catch (StoreUnavailableException e)
            {
                failure = failure is StoreUnavailableException ? e : failure;
            }

            if (DateTime.UtcNow > until)
                return failure;
            await Task.Delay(wait).ConfigureAwait(false);
        }
    }

    private static JournalRow FirstRow(ReadOnlySpan<WriteCommand> commands)
    {
        foreach (var command in commands)
        {
            if (!command.Rows.IsEmpty)
                return command.Rows[0];
        }

        throw new InvalidOperationException("A transaction without rows was written");
    }

    private static int RowsOf(ReadOnlySpan<WriteCommand> commands)
    {
        var rows = 0;
        foreach (var command in commands)
            rows += command.Rows.Length;
        return rows;
    }

    /// <summary>The batch is under way no more before it is answered: whoever is told finds its traces gone.</summary>
    private void Complete()
    {
        int count;
        bool tellRoom;
        lock (_gate)
        {
            count = _count;
            _count = 0;
            foreach (var command in _batch.AsSpan(0, count))
                _pendingBytes -= BytesOf(command);
            tellRoom = _refusedRoom && _pendingBytes <= limits.PendingBytes / 2;
            if (tellRoom)
                _refusedRoom = false;
        }

        for (var i = 0; i < count; i++)
            _batch[i].Complete(_failures[i]);
        Array.Clear(_batch, 0, count);
        Array.Clear(_writes, 0, count);
        Array.Clear(_failures, 0, count);
        if (tellRoom)
            room();
    }
}

using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace ActorNode.Storage.Sqlite;

/// <summary>
/// A bounded number of connections that read, beside the writer and beside each other. A connection that failed is closed and replaced by
/// the next read.
/// </summary>
internal sealed class SqliteReaders(SqliteFile file, int connections) : IAsyncDisposable
{
    private readonly SemaphoreSlim _free = new(connections);
    private readonly StoreThreads _threads = new("actornode sqlite reader", connections);
    private readonly ConcurrentBag<SqliteReadSession> _idle = [];
    private volatile int _generation;
    private volatile bool _closed;

    /// <summary>Runs a read when a connection is free.</summary>
    public async ValueTask<T> ReadAsync<T>(Func<SqliteReadSession, T> read, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            return await _threads.RunAsync(() => Read(read)).ConfigureAwait(false);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Closes the connections, those that read now when they are done; the next reads open new ones.</summary>
    public void Renew()
    {
        Interlocked.Increment(ref _generation);
        CloseIdle();
    }

    /// <summary>Waits for reads under way; later ones fail.</summary>
    public async ValueTask DisposeAsync()
    {
        _closed = true;
        for (var i = 0; i < connections; i++)
            await _free.WaitAsync().ConfigureAwait(false);
        CloseIdle();
        _threads.Dispose();
        _free.Release(connections);
    }

    private void CloseIdle()
    {
        while (_idle.TryTake(out var idle))
            idle.Dispose();
    }

    private T Read<T>(Func<SqliteReadSession, T> read)
    {
        var generation = _generation;
        var session = _idle.TryTake(out var idle) ? idle : null;
        try
        {
            session ??= new SqliteReadSession(file.OpenReader());
            var result = read(session);
            _idle.Add(session);
            session = null;
            if (generation != _generation)
                CloseIdle();
            return result;
        }
        catch (SqliteException failure) when (SqliteFailure.IsUnavailable(failure))
        {
            throw SqliteFailure.Unavailable(file.Path, failure);
        }
        finally
        {
            session?.Dispose();
        }
    }
}

using System.Collections.Concurrent;

namespace Akka.Persistence.Sql.Sqlite;

/// <summary>
/// A few connections with their statements, opened when they are needed; one that failed is closed. The work runs on threads of the pool,
/// not on the one that asks: it is a plugin's actor. Safe from any thread.
/// </summary>
internal sealed class ConnectionPool<TConnection>(int most, Func<TConnection> open) where TConnection : class, IDisposable
{
    private readonly SemaphoreSlim _free = new(most);
    private readonly ConcurrentStack<TConnection> _idle = new();
    private volatile bool _stopped;

    public async Task<TResult> RunAsync<TState, TResult>(TState state, Func<TConnection, TState, TResult> work)
    {
        await _free.WaitAsync().ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Run(state, work)).ConfigureAwait(false);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Refuses what comes from now on, and ends when what is under way is done and the connections are closed.</summary>
    public async Task StopAsync()
    {
        _stopped = true;
        for (var i = 0; i < most; i++)
            await _free.WaitAsync().ConfigureAwait(false);
        while (_idle.TryPop(out var connection))
            connection.Dispose();
        _free.Release(most);
    }

    private TResult Run<TState, TResult>(TState state, Func<TConnection, TState, TResult> work)
    {
        if (_stopped)
            throw new StoreUnavailableException("The plugin has been stopped");
        var connection = _idle.TryPop(out var idle) ? idle : open();
        try
        {
            var result = work(connection, state);
            _idle.Push(connection);
            return result;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using ActorNode.Protocol.Messages;
using Microsoft.Data.Sqlite;

namespace ActorNode.Storage.Sqlite;

/// <summary>
/// Reads on a bounded number of connections, beside the writer and beside each other. A connection that failed is closed and replaced by
/// the next read.
/// </summary>
internal sealed class SqliteMessageReader(SqliteFile file, int connections, long maxPageBytes, Func<IdBuffer> bufferedIds) : IMessageReader, IAsyncDisposable
{
    private readonly SemaphoreSlim _free = new(connections);
    private readonly StoreThreads _threads = new("actornode sqlite reader", connections);
    private readonly ConcurrentBag<SqliteReadSession> _idle = [];
    private volatile int _generation;
    private volatile bool _closed;

    public ValueTask<MessageRange?> RangeAsync(AccountId account, CancellationToken cancellationToken) =>
        ReadAsync(session => session.Range(account), cancellationToken);

    public ValueTask<(MessageRange? Range, ImmutableArray<StoredMessage> Messages)> PageAsync(AccountId account, long after, int limit, CancellationToken cancellationToken) =>
        ReadAsync(session => session.Page(account, after, limit, maxPageBytes), cancellationToken);

    public ValueTask<StoredMessage?> FindAsync(AccountId account, MessageId id, CancellationToken cancellationToken) =>
        ReadAsync(session => session.Find(account, id, bufferedIds()), cancellationToken);

    public ValueTask<ImmutableArray<MessageReplies.AccountRange>> AccountsAsync(AccountId? after, int limit, CancellationToken cancellationToken) =>
        ReadAsync(session => session.Accounts(after, limit), cancellationToken);

    public ValueTask<ImmutableArray<AccountId>> AccountsOlderThanAsync(DateTimeOffset cutoff, int limit, CancellationToken cancellationToken) =>
        ReadAsync(session => session.AccountsOlderThan(cutoff, limit), cancellationToken);

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

    /// <summary>Closes the connections, those that read now when they are done; the next reads open new ones.</summary>
    public void Renew()
    {
        Interlocked.Increment(ref _generation);
        CloseIdle();
    }

    private void CloseIdle()
    {
        while (_idle.TryTake(out var idle))
            idle.Dispose();
    }

    private async ValueTask<T> ReadAsync<T>(Func<SqliteReadSession, T> read, CancellationToken cancellationToken)
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

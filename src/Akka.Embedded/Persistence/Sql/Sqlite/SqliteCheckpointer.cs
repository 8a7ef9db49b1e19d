using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Akka.Persistence.Sql.Sqlite;

/// <summary>
/// Copies the write-ahead log to the database file beside the writer, on a thread and a connection of its own. Inside a commit, where SQLite
/// does it by itself, every actor would wait for it. The log begins anew only when all of it has been copied, so the writer copies what it
/// wrote meanwhile: that is little, and is soon done.
/// </summary>
/// <remarks>Used by the writer, between its transactions; only the copying itself runs elsewhere.</remarks>
/// <param name="writer">The writer's connection, whose pages count.</param>
/// <param name="open">Opens the connection that copies.</param>
/// <param name="pages">So many pages in the log begin a copy.</param>
/// <param name="failed">Told when a copy fails, from the thread that copies. Nothing is lost by it: the log goes on growing.</param>
internal sealed class SqliteCheckpointer(SqliteConnection writer, Func<SqliteConnection> open, long pages, Action<Exception> failed) : IDisposable
{
    private SqliteConnection? _connection;
    private Task<bool>? _copy;
    private long _inLog;

    /// <summary>Ends with the copy that is under way, if one is.</summary>
    public Task Copying => _copy ?? Task.CompletedTask;

    /// <summary>To be called before each transaction.</summary>
    public void Advance()
    {
        _inLog += PagesWritten();
        if (_copy is null)
        {
            if (_inLog >= pages)
                _copy = Task.Factory.StartNew(Copy, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        else if (_copy.IsCompleted)
        {
            // After a failure, or while a reader needs the old state, the log has to grow again before the next attempt.
            if (_copy.Result)
                Checkpoint(writer);
            _copy = null;
            _inLog = 0;
        }
    }

    /// <summary>Waits for a copy that is under way.</summary>
    public void Dispose()
    {
        Copying.Wait();
        _connection?.Dispose();
    }

    private static void Checkpoint(SqliteConnection connection)
    {
        var code = raw.sqlite3_wal_checkpoint_v2(connection.Handle, null, raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
        // Busy: another connection is at it.
        if (code is not (raw.SQLITE_OK or raw.SQLITE_BUSY))
            SqliteException.ThrowExceptionForRC(code, connection.Handle);
    }

    private bool Copy()
    {
        try
        {
            Checkpoint(_connection ??= open());
            return true;
        }
        catch (SqliteException failure)
        {
            _connection?.Dispose();
            _connection = null;
            failed(failure);
            return false;
        }
    }

    private int PagesWritten()
    {
        raw.sqlite3_db_status(writer.Handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var written, out _, 1);
        return written;
    }
}

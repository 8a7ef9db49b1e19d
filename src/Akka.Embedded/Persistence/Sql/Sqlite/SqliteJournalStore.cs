using Akka.Persistence.Sql.Config;
using Akka.Persistence.Sql.Journal;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Akka.Persistence.Sql.Sqlite;

/// <summary>A journal in a SQLite file. The writer works on the thread that calls; what it began is done when the call returns.</summary>
internal sealed class SqliteJournalStore : IJournalStore
{
    private readonly JournalSettings _settings;
    private readonly string _writerUuid;
    private readonly Action<Exception> _checkpointFailed;
    private readonly SqliteFile _file;
    private readonly ConnectionPool<SqliteJournalReader> _readers;
    private SqliteJournalWriter? _writer;
    private volatile bool _isOpen;

    /// <param name="checkpointFailed">Told when the log could not be copied to the file, from any thread. Nothing is lost by it.</param>
    public SqliteJournalStore(JournalSettings settings, JournalSerializer serializer, string writerUuid, Action<Exception> checkpointFailed)
    {
        (_settings, _writerUuid, _checkpointFailed) = (settings, writerUuid, checkpointFailed);
        _file = new SqliteFile(settings.Sql);
        _readers = new ConnectionPool<SqliteJournalReader>(settings.Sql.Readers, () => new SqliteJournalReader(_file.OpenReader(), settings, serializer));
    }

    public bool IsOpen => _isOpen;

    public ValueTask OpenAsync()
    {
        Run(static _ => true);
        return ValueTask.CompletedTask;
    }

    public ValueTask WriteAsync(ReadOnlyMemory<WriteCommand> commands)
    {
        var writer = _writer ?? Run(static writer => writer);
        try
        {
            writer.Write(commands.Span);
        }
        catch (SqliteException failure)
        {
            throw Failed(writer, failure);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> IsStoredAsync(JournalRow row) => ValueTask.FromResult(Run(writer => writer.IsStored(row)));

    public ValueTask DeleteAsync(string persistenceId, long toSequenceNr)
    {
        Run(writer =>
        {
            writer.Delete(persistenceId, toSequenceNr);
            return true;
        });
        return ValueTask.CompletedTask;
    }

    public Task<long> ReadHighestAsync(string persistenceId) =>
        ReadAsync(persistenceId, static (reader, id) => reader.ReadHighest(id));

    public Task ReplayAsync(string persistenceId, long from, long to, long max, Action<IPersistentRepresentation> next) =>
        ReadAsync((persistenceId, from, to, max, next), static (reader, of) =>
        {
            reader.Replay(of.persistenceId, of.from, of.to, of.max, of.next);
            return true;
        });

    /// <summary>Waits for the reads that are under way.</summary>
    public async ValueTask DisposeAsync()
    {
        _writer?.Dispose();
        _writer = null;
        await _readers.StopAsync().ConfigureAwait(false);
    }

    /// <summary>Works on the writer's connection, which is opened if there is none. After a failure of the file it is closed.</summary>
    private T Run<T>(Func<SqliteJournalWriter, T> work)
    {
        try
        {
            _writer ??= Open();
            _isOpen = true;
            return work(_writer);
        }
        catch (SqliteException failure)
        {
            throw Failed(_writer, failure);
        }
    }

    private SqliteJournalWriter Open()
    {
        var connection = _file.OpenWriter(SqliteSchema.Journal(_settings));
        return new SqliteJournalWriter(connection, _file.Checkpointer(connection, _checkpointFailed), _file.WriterGate, _settings, _writerUuid);
    }

    private Exception Failed(SqliteJournalWriter? writer, SqliteException failure)
    {
        if (!SqliteFailure.IsUnavailable(failure))
            return failure;
        // A full disk and a lock of somebody else undo the transaction for sure.
        var unknown = writer is { Committing: true } && failure.SqliteErrorCode is not (raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_ERROR or raw.SQLITE_READONLY);
        writer?.Dispose();
        _writer = null;
        return SqliteFailure.Unavailable(_file.Location, failure, unknown);
    }

    private async Task<TResult> ReadAsync<TState, TResult>(TState state, Func<SqliteJournalReader, TState, TResult> read)
    {
        try
        {
            return await _readers.RunAsync(state, read).ConfigureAwait(false);
        }
        catch (SqliteException failure)
        {
            throw SqliteFailure.Unavailable(_file.Location, failure);
        }
    }
}

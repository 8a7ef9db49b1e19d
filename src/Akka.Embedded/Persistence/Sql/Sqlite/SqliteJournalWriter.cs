using Akka.Persistence.Sql.Config;
using Akka.Persistence.Sql.Journal;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Akka.Persistence.Sql.Sqlite;

/// <summary>The connection that writes, with its statements. Not thread-safe. After a failure of the file it is to be thrown away.</summary>
internal sealed class SqliteJournalWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCheckpointer _checkpointer;
    private readonly Lock _gate;
    private readonly JournalSettings _settings;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _isStored;
    private readonly SqliteStatement _mark;
    private readonly SqliteStatement _highestMarked;
    private readonly SqliteStatement _delete;
    private readonly SqliteStatement? _insertTag;
    private readonly SqliteStatement? _deleteTags;
    private readonly SqliteStatement? _insertMetadata;
    private readonly SqliteStatement? _deleteMetadata;

    /// <summary>Takes over an open connection to a database with the journal's tables.</summary>
    public SqliteJournalWriter(SqliteConnection connection, SqliteCheckpointer checkpointer, Lock gate, JournalSettings settings, string writer)
    {
        (_connection, _checkpointer, _gate, _settings) = (connection, checkpointer, gate, settings);
        var journal = settings.Journal;
        var (table, id, number, deleted) = (Quote(journal.Name), Quote(journal.PersistenceId), Quote(journal.SequenceNumber), Quote(journal.Deleted));
        _begin = new SqliteStatement(connection, "BEGIN IMMEDIATE");
        _commit = new SqliteStatement(connection, "COMMIT");
        _rollback = new SqliteStatement(connection, "ROLLBACK");
        _insert = new SqliteStatement(connection,
            $"INSERT INTO {table} ({Quote(journal.Created)}, {deleted}, {id}, {number}, {Quote(journal.Message)}, {Quote(journal.Manifest)}, {Quote(journal.Identifier)}"
            + $"{(journal.WriterUuid is { } uuid ? $", {Quote(uuid)}" : "")}{(settings.HasTagColumn ? $", {Quote(journal.Tags)}" : "")}) "
            + $"VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6{(journal.WriterUuid is not null ? ", ?7" : "")}{(settings.HasTagColumn ? ", ?8" : "")})");
        _isStored = new SqliteStatement(connection,
            $"SELECT 1 FROM {table} WHERE {id} = ?1 AND {number} = ?2 AND {Quote(journal.Created)} = ?3 AND {Quote(journal.Message)} = ?4"
            + (journal.WriterUuid is { } owner ? $" AND {Quote(owner)} = ?5" : ""));
        if (journal.WriterUuid is not null)
        {
            // Bindings outlive a reset: this one is made once.
            _insert.Bind(7, writer);
            _isStored.Bind(5, writer);
        }

        _mark = new SqliteStatement(connection, $"UPDATE {table} SET {deleted} = 1 WHERE {id} = ?1 AND {number} <= ?2 AND {deleted} = 0");
        _highestMarked = new SqliteStatement(connection, $"SELECT {number} FROM {table} WHERE {id} = ?1 AND {deleted} = 1 ORDER BY {number} DESC LIMIT 1");
        _delete = new SqliteStatement(connection, $"DELETE FROM {table} WHERE {id} = ?1 AND {number} <= ?2 AND {number} < ?3");
        if (settings.HasTagTable)
        {
            var tags = settings.Tags;
            _insertTag = new SqliteStatement(connection,
                $"INSERT INTO {Quote(tags.Name)} ({Quote(tags.OrderingId)}, {Quote(tags.Tag)}, {Quote(tags.SequenceNumber)}, {Quote(tags.PersistenceId)}) VALUES (?1, ?2, ?3, ?4)");
            _deleteTags = new SqliteStatement(connection, $"DELETE FROM {Quote(tags.Name)} WHERE {Quote(tags.PersistenceId)} = ?1 AND {Quote(tags.SequenceNumber)} <= ?2");
        }

        if (settings.Metadata is { } metadata)
        {
            var (name, of, last) = (Quote(metadata.Name), Quote(metadata.PersistenceId), Quote(metadata.SequenceNumber));
            _insertMetadata = new SqliteStatement(connection, $"INSERT OR IGNORE INTO {name} ({of}, {last}) VALUES (?1, ?2)");
            _deleteMetadata = new SqliteStatement(connection, $"DELETE FROM {name} WHERE {of} = ?1 AND {last} < ?2");
        }
    }

    /// <summary>Whether the last transaction came as far as its commit: when it failed, it may be durable all the same.</summary>
    public bool Committing { get; private set; }

    public void Write(ReadOnlySpan<WriteCommand> commands)
    {
        lock (_gate)
        {
            Committing = false;
            _checkpointer.Advance();
            if (commands.Length == 1 && commands[0].Rows is [{ } only] && (_insertTag is null || only.Tags.Length == 0))
            {
                // One statement is a transaction of its own.
                Committing = true;
                Insert(only);
                return;
            }

            Transact(commands, static (self, commands) =>
            {
                foreach (var command in commands)
                {
                    foreach (ref readonly var row in command.Rows)
                        self.Insert(row);
                }
            });
        }
    }

    public bool IsStored(JournalRow row)
    {
        var stored = _isStored.Bind(1, row.PersistenceId).Bind(2, row.SequenceNr).Bind(3, row.Created).Bind(4, row.Message).Step();
        _isStored.Reset();
        return stored;
    }

    public void Delete(string persistenceId, long toSequenceNr)
    {
        lock (_gate)
        {
            Committing = false;
            _checkpointer.Advance();
            Transact((persistenceId, toSequenceNr), static (self, of) => self.MarkAndDelete(of.persistenceId, of.toSequenceNr));
        }
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _begin, _commit, _rollback, _insert, _isStored, _mark, _highestMarked, _delete, _insertTag, _deleteTags, _insertMetadata, _deleteMetadata })
            statement?.Dispose();
        _checkpointer.Dispose();
        _connection.Dispose();
    }

    private static string Quote(string name) => SqliteFile.Quote(name);

    private void Transact<TState>(TState state, Action<SqliteJournalWriter, TState> work) where TState : allows ref struct
    {
        _begin.Run();
        try
        {
            work(this, state);
            Committing = true;
            _commit.Run();
        }
        catch
        {
            // Some failures (disk full, I/O) have rolled back by themselves.
            if (raw.sqlite3_get_autocommit(_connection.Handle) == 0)
                _rollback.Run();
            throw;
        }
    }

    private void Insert(in JournalRow row)
    {
        _insert.Bind(1, row.Created).Bind(2, row.PersistenceId).Bind(3, row.SequenceNr).Bind(4, row.Message).Bind(5, row.Manifest).Bind(6, row.SerializerId);
        if (_settings.HasTagColumn)
            _insert.Bind(8, _settings.TagText(row.Tags));
        try
        {
            _insert.Run();
        }
        catch (SqliteException failure) when (!SqliteFailure.IsUnavailable(failure))
        {
            throw RefusedRow.Exception(row, failure, failure.SqliteExtendedErrorCode == raw.SQLITE_CONSTRAINT_UNIQUE);
        }

        if (_insertTag is null || row.Tags.Length == 0)
            return;
        var ordering = raw.sqlite3_last_insert_rowid(_connection.Handle);
        foreach (var tag in row.Tags)
            _insertTag.Bind(1, ordering).Bind(2, tag).Bind(3, row.SequenceNr).Bind(4, row.PersistenceId).Run();
    }

    private void MarkAndDelete(string persistenceId, long toSequenceNr)
    {
        _mark.Bind(1, persistenceId).Bind(2, toSequenceNr).Run();
        if (!_highestMarked.Bind(1, persistenceId).Step())
            return;
        var highest = _highestMarked.Int64(0);
        _highestMarked.Reset();
        _insertMetadata?.Bind(1, persistenceId).Bind(2, highest).Run();
        _delete.Bind(1, persistenceId).Bind(2, toSequenceNr).Bind(3, highest).Run();
        _deleteMetadata?.Bind(1, persistenceId).Bind(2, highest).Run();
        _deleteTags?.Bind(1, persistenceId).Bind(2, toSequenceNr).Run();
    }
}

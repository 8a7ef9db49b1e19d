using Akka.Persistence.Sql.Config;
using Akka.Persistence.Sql.Snapshot;
using Microsoft.Data.Sqlite;

namespace Akka.Persistence.Sql.Sqlite;

/// <summary>Snapshots in a SQLite file: one connection that writes, and some that read.</summary>
internal sealed class SqliteSnapshotTable : ISnapshotTable
{
    private readonly SnapshotTable _table;
    private readonly SqliteFile _file;
    private readonly ConnectionPool<Writer> _writer;
    private readonly ConnectionPool<Reader> _readers;
    private volatile bool _isOpen;

    public SqliteSnapshotTable(SnapshotSettings settings)
    {
        _table = settings.Table;
        _file = new SqliteFile(settings.Sql);
        _writer = new ConnectionPool<Writer>(1, () =>
        {
            var writer = new Writer(_file.OpenWriter(SqliteSchema.Snapshots(_table)), _table);
            _isOpen = true;
            return writer;
        });
        _readers = new ConnectionPool<Reader>(settings.Sql.Readers, () => new Reader(_file.OpenReader(), _table));
    }

    public async Task<SnapshotRow?> LoadAsync(SnapshotRange range)
    {
        if (!_isOpen)
            await RunAsync(_writer, 0, static (_, _) => true).ConfigureAwait(false);
        return await RunAsync(_readers, range, static (reader, range) => reader.Load(range)).ConfigureAwait(false);
    }

    public Task SaveAsync(SnapshotRow row) => RunAsync(_writer, (row, gate: _file.WriterGate), static (writer, of) =>
    {
        lock (of.gate)
            writer.Save(of.row);
        return true;
    });

    public Task DeleteAsync(SnapshotRange range) => RunAsync(_writer, (range, gate: _file.WriterGate), static (writer, of) =>
    {
        lock (of.gate)
            writer.Delete(of.range);
        return true;
    });

    /// <summary>Waits for the write that is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.StopAsync().ConfigureAwait(false);
        await _readers.StopAsync().ConfigureAwait(false);
    }

    private async Task<TResult> RunAsync<TConnection, TState, TResult>(ConnectionPool<TConnection> connections, TState state, Func<TConnection, TState, TResult> work)
        where TConnection : class, IDisposable
    {
        try
        {
            return await connections.RunAsync(state, work).ConfigureAwait(false);
        }
        catch (SqliteException failure) when (SqliteFailure.IsUnavailable(failure))
        {
            throw SqliteFailure.Unavailable(_file.Location, failure);
        }
    }

    private static SqliteStatement BindRange(SqliteStatement statement, SnapshotRange range) => statement
        .Bind(1, range.PersistenceId).Bind(2, range.MinSequenceNr).Bind(3, range.MaxSequenceNr).Bind(4, range.MinCreated).Bind(5, range.MaxCreated);

    private static string Where(SnapshotTable table) =>
        $"WHERE {Quote(table.PersistenceId)} = ?1 AND {Quote(table.SequenceNumber)} BETWEEN ?2 AND ?3 AND {Quote(table.Created)} BETWEEN ?4 AND ?5";

    private static string Quote(string name) => SqliteFile.Quote(name);

    private sealed class Writer(SqliteConnection connection, SnapshotTable table) : IDisposable
    {
        private readonly SqliteStatement _save = new(connection,
            $"INSERT OR REPLACE INTO {Quote(table.Name)} ({Quote(table.PersistenceId)}, {Quote(table.SequenceNumber)}, {Quote(table.Created)}, {Quote(table.Snapshot)}, "
            + $"{Quote(table.Manifest)}, {Quote(table.SerializerId)}) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");

        private readonly SqliteStatement _delete = new(connection, $"DELETE FROM {Quote(table.Name)} {Where(table)}");

        public void Save(in SnapshotRow row) => _save
            .Bind(1, row.PersistenceId).Bind(2, row.SequenceNr).Bind(3, row.Created).Bind(4, row.Snapshot).Bind(5, row.Manifest).Bind(6, row.SerializerId ?? 0).Run();

        public void Delete(SnapshotRange range) => BindRange(_delete, range).Run();

        public void Dispose()
        {
            _save.Dispose();
            _delete.Dispose();
            connection.Dispose();
        }
    }

    private sealed class Reader(SqliteConnection connection, SnapshotTable table) : IDisposable
    {
        private readonly SqliteStatement _load = new(connection,
            $"SELECT {Quote(table.SequenceNumber)}, {Quote(table.Created)}, {Quote(table.Snapshot)}, {Quote(table.Manifest)}, {Quote(table.SerializerId)} "
            + $"FROM {Quote(table.Name)} {Where(table)} ORDER BY {Quote(table.SequenceNumber)} DESC LIMIT 1");

        public SnapshotRow? Load(SnapshotRange range)
        {
            try
            {
                return BindRange(_load, range).Step()
                    ? new SnapshotRow(range.PersistenceId, _load.Int64(0), _load.Int64(1), _load.Bytes(2).ToArray(), _load.Text(3), _load.IsNull(4) ? null : (int)_load.Int64(4))
                    : null;
            }
            finally
            {
                _load.Reset();
            }
        }

        public void Dispose()
        {
            _load.Dispose();
            connection.Dispose();
        }
    }
}

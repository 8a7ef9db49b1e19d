using Akka.Persistence.Sql.Config;
using Akka.Persistence.Sql.Snapshot;
using Npgsql;

namespace Akka.Persistence.Sql.PostgreSql;

/// <summary>Snapshots in a PostgreSQL database, on pooled connections.</summary>
internal sealed class PostgresSnapshotTable : ISnapshotTable
{
    private readonly SnapshotTable _table;
    private readonly PostgresDatabase _database;
    private readonly SemaphoreSlim _opening = new(1);
    private readonly string _load;
    private readonly string _save;
    private readonly string _delete;
    private volatile bool _isOpen;

    public PostgresSnapshotTable(SnapshotSettings settings)
    {
        _table = settings.Table;
        _database = new PostgresDatabase(settings.Sql);
        var (table, id, number, created) = (_database.Table(_table.Name), Quote(_table.PersistenceId), Quote(_table.SequenceNumber), Quote(_table.Created));
        var (snapshot, manifest, serializer) = (Quote(_table.Snapshot), Quote(_table.Manifest), Quote(_table.SerializerId));
        var range = $"WHERE {id} = $1 AND {number} BETWEEN $2 AND $3 AND {created} BETWEEN $4 AND $5";
        _load = $"SELECT {number}, {created}, {snapshot}, {manifest}, {serializer} FROM {table} {range} ORDER BY {number} DESC LIMIT 1";
        _delete = $"DELETE FROM {table} {range}";
        _save = $"INSERT INTO {table} ({id}, {number}, {created}, {snapshot}, {manifest}, {serializer}) VALUES ($1, $2, $3, $4, $5, $6) "
            + $"ON CONFLICT ({id}, {number}) DO UPDATE SET {created} = EXCLUDED.{created}, {snapshot} = EXCLUDED.{snapshot}, {manifest} = EXCLUDED.{manifest}, {serializer} = EXCLUDED.{serializer}";
    }

    public async Task<SnapshotRow?> LoadAsync(SnapshotRange range) =>
        await RunAsync(_load, Parameters(range), async command =>
        {
            var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                return await reader.ReadAsync().ConfigureAwait(false)
                    ? new SnapshotRow(range.PersistenceId, reader.GetInt64(0), reader.GetInt64(1), reader.IsDBNull(2) ? [] : reader.GetFieldValue<byte[]>(2),
                        reader.IsDBNull(3) ? "" : reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetInt32(4))
                    : (SnapshotRow?)null;
            }
        }).ConfigureAwait(false);

    public Task SaveAsync(SnapshotRow row) =>
        RunAsync(_save, [row.PersistenceId, row.SequenceNr, row.Created, row.Snapshot, row.Manifest, row.SerializerId ?? 0], static command => command.ExecuteNonQueryAsync());

    public Task DeleteAsync(SnapshotRange range) => RunAsync(_delete, Parameters(range), static command => command.ExecuteNonQueryAsync());

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static string Quote(string name) => PostgresDatabase.Quote(name);

    private static object[] Parameters(SnapshotRange range) => [range.PersistenceId, range.MinSequenceNr, range.MaxSequenceNr, range.MinCreated, range.MaxCreated];

    private async Task<TResult> RunAsync<TResult>(string sql, object[] values, Func<NpgsqlCommand, Task<TResult>> work)
    {
        await OpenedAsync().ConfigureAwait(false);
        return await _database.RunAsync((sql, values, work), static async (connection, of) =>
        {
            var command = new NpgsqlCommand(of.sql, connection);
            await using (command.ConfigureAwait(false))
            {
                foreach (var value in of.values)
                    command.Parameters.Add(new NpgsqlParameter { Value = value });
                return await of.work(command).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
    }

    /// <summary>Creates the table, once.</summary>
    private async Task OpenedAsync()
    {
        if (_isOpen)
            return;
        await _opening.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_isOpen)
                return;
            var connection = await _database.OpenWriterAsync(PostgresSchema.Snapshots(_database, _table)).ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
            _isOpen = true;
        }
        catch (Exception failure) when (PostgresFailure.IsUnavailable(failure))
        {
            throw PostgresFailure.Unavailable(_database.Location, failure);
        }
        finally
        {
            _opening.Release();
        }
    }
}

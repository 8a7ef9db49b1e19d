using ActorNode.Jobs.Listing;
using ActorNode.Storage;
using ActorNode.Storage.PostgreSql;
using ActorNode.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ActorNode.Benchmarks.Jobs;

/// <summary>
/// The yardstick of the lists of runs: the same rows into the same table with the same indices, inserted and then updated, in a plain loop
/// without looking anything up and without counts.
/// </summary>
internal static class RawRuns
{
    public interface ILoop : IAsyncDisposable
    {
        Task InsertAsync(RunRow[] rows);

        Task UpdateAsync(RunRow[] rows);
    }

    public static async Task<ILoop> OpenAsync(StorageSettings settings) =>
        settings.Provider == StorageProvider.Sqlite ? new SqliteLoop(settings) : await PostgresLoop.OpenAsync(settings);

    private sealed class SqliteLoop : ILoop
    {
        private readonly SqliteConnection _connection;
        private readonly SqliteStatement _begin;
        private readonly SqliteStatement _insert;
        private readonly SqliteStatement _update;
        private readonly SqliteStatement _commit;

        public SqliteLoop(StorageSettings settings)
        {
            Directory.CreateDirectory(settings.DataFolder);
            _connection = new SqliteFile(settings).Create();
            _begin = new SqliteStatement(_connection, "BEGIN IMMEDIATE");
            _insert = new SqliteStatement(_connection, SqliteQueries.InsertRun);
            _update = new SqliteStatement(_connection, "UPDATE run SET sequence = ?, status = ?, updated_at = ?, finished_at = ?, body = ? WHERE id = ?");
            _commit = new SqliteStatement(_connection, "COMMIT");
        }

        public Task InsertAsync(RunRow[] rows)
        {
            _begin.Run();
            foreach (var row in rows)
            {
                _insert.Bind(1, HexIds.Number(row.Id.Value)).Bind(2, row.JobId.Value[^1]).Bind(3, row.Sequence).Bind(4, (long)row.Status)
                    .Bind(5, Timestamps.ToMicroseconds(row.CreatedAt)).Bind(6, Timestamps.ToMicroseconds(row.UpdatedAt)).BindNull(7).Bind(8, row.Body.Span).Run();
            }

            _commit.Run();
            return Task.CompletedTask;
        }

        public Task UpdateAsync(RunRow[] rows)
        {
            _begin.Run();
            foreach (var row in rows)
            {
                _update.Bind(1, row.Sequence).Bind(2, (long)row.Status).Bind(3, Timestamps.ToMicroseconds(row.UpdatedAt))
                    .Bind(4, Timestamps.ToMicroseconds(row.FinishedAt!.Value)).Bind(5, row.Body.Span).Bind(6, HexIds.Number(row.Id.Value)).Run();
            }

            _commit.Run();
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            foreach (var statement in new[] { _begin, _insert, _update, _commit })
                statement.Dispose();
            _connection.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class PostgresLoop(PostgresDatabase database, NpgsqlConnection connection) : ILoop
    {
        public static async Task<PostgresLoop> OpenAsync(StorageSettings settings)
        {
            var database = new PostgresDatabase(settings);
            var (connection, _) = await database.TakeAsync(default);
            return new PostgresLoop(database, connection);
        }

        public Task InsertAsync(RunRow[] rows) => RunAsync(
            PostgresJobsStatements.InsertRuns,
            Array.ConvertAll(rows, row => PostgresIds.Of(row.Id)),
            Array.ConvertAll(rows, row => PostgresIds.Of(row.JobId)),
            Array.ConvertAll(rows, row => row.Sequence),
            Array.ConvertAll(rows, row => (short)row.Status),
            Array.ConvertAll(rows, row => Timestamps.ToMicroseconds(row.CreatedAt)),
            Array.ConvertAll(rows, row => Timestamps.ToMicroseconds(row.UpdatedAt)),
            new long?[rows.Length],
            Array.ConvertAll(rows, row => row.Body.ToArray()));

        public Task UpdateAsync(RunRow[] rows) => RunAsync(
            PostgresJobsStatements.UpdateRuns,
            Array.ConvertAll(rows, row => PostgresIds.Of(row.Id)),
            Array.ConvertAll(rows, row => row.Sequence),
            Array.ConvertAll(rows, row => (short)row.Status),
            Array.ConvertAll(rows, row => Timestamps.ToMicroseconds(row.UpdatedAt)),
            Array.ConvertAll(rows, row => (long?)Timestamps.ToMicroseconds(row.UpdatedAt)),
            Array.ConvertAll(rows, row => row.Body.ToArray()));

        public async ValueTask DisposeAsync()
        {
            await connection.DisposeAsync();
            await database.Readers.DisposeAsync();
        }

        private async Task RunAsync(string sql, params object[] values)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using (var command = new NpgsqlCommand(sql, connection))
            {
                foreach (var value in values)
                    command.Parameters.Add(new NpgsqlParameter { Value = value });
                await command.ExecuteNonQueryAsync();
            }

            await transaction.CommitAsync();
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using ActorNode.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace ActorNode.Benchmarks.Journal;

/// <summary>
/// The yardstick: the journal's own table, filled by a plain loop with a fixed number of rows a transaction, spread over as many persistence
/// ids as the journal has actors: a row costs by the index page that it falls on. The payload is serialized in the loop, as the journal has to.
/// </summary>
internal static class RawJournal
{
    private static int _run;

    /// <summary>Rows a second, for a time, <paramref name="together"/> rows of an id one after the other. The journal must have created its tables.</summary>
    public static async Task<double> MeasureAsync(JournalDatabase database, int persistenceIds, int together, int batch, TimeSpan time)
    {
        await using var writer = await OpenAsync(database, persistenceIds, together);
        await writer.WriteAsync(1, batch);
        var started = Stopwatch.GetTimestamp();
        var rows = 0L;
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            await writer.WriteAsync(batch + rows + 1, batch);
            rows += batch;
        }

        return rows / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>
    /// One-row transactions at a fixed rate, one after the other; a row's time begins when it was due. What the disk alone adds to an answer.
    /// Sorted microseconds.
    /// </summary>
    public static async Task<double[]> OpenLoopAsync(JournalDatabase database, int persistenceIds, int perSecond, TimeSpan time)
    {
        await using var writer = await OpenAsync(database, persistenceIds, 1);
        var times = new double[(int)(perSecond * time.TotalSeconds)];
        await writer.WriteAsync(1, 1);
        var interval = Stopwatch.Frequency / (double)perSecond;
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < times.Length; i++)
        {
            var due = started + (long)(i * interval);
            Pause.Until(due);
            await writer.WriteAsync(i + 2, 1);
            times[i] = Stopwatch.GetElapsedTime(due).TotalMicroseconds;
        }

        Array.Sort(times);
        return times;
    }

    /// <summary>The median of so many transactions of so many rows, in milliseconds.</summary>
    public static async Task<double> BatchAsync(JournalDatabase database, int persistenceIds, int batch, int times)
    {
        await using var writer = await OpenAsync(database, persistenceIds, 1);
        var took = new double[times];
        await writer.WriteAsync(1, batch);
        for (var i = 0; i < times; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await writer.WriteAsync(((i + 1L) * batch) + 1, batch);
            took[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        return took.Order().ElementAt(times / 2);
    }

    private static async Task<IRawWriter> OpenAsync(JournalDatabase database, int persistenceIds, int together)
    {
        var run = Interlocked.Increment(ref _run);
        var ids = Enumerable.Range(0, persistenceIds).Select(i => string.Create(CultureInfo.InvariantCulture, $"raw-{run}-{i}")).ToArray();
        return database.IsSqlite ? new SqliteRaw(database.Path, ids, together) : await PostgresRaw.OpenAsync(database.ConnectionString, ids, together);
    }

    private static byte[] Payload(long number) =>
        System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(Entry.Of(number), EntryJson.Default.Entry);

    private interface IRawWriter : IAsyncDisposable
    {
        Task WriteAsync(long first, int count);
    }

    private sealed class SqliteRaw : IRawWriter
    {
        private readonly string[] _ids;
        private readonly int _together;
        private readonly SqliteConnection _connection;
        private readonly SqliteStatement _begin;
        private readonly SqliteStatement _insert;
        private readonly SqliteStatement _commit;

        public SqliteRaw(string path, string[] ids, int together)
        {
            (_ids, _together) = (ids, together);
            _connection = new SqliteConnection($"Data Source={path};Pooling=false");
            _connection.Open();
            SqliteFile.Execute(_connection, "PRAGMA synchronous = FULL");
            SqliteFile.Execute(_connection, "PRAGMA cache_size = -16384");
            SqliteFile.Execute(_connection, "PRAGMA wal_autocheckpoint = 8192");
            _begin = new SqliteStatement(_connection, "BEGIN IMMEDIATE");
            _insert = new SqliteStatement(_connection,
                "INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid) VALUES (?, 0, ?, ?, ?, 'e', 7001, 'd9d4b7a2c0f34c2f8d0a5d0b6d1b7e11')");
            _commit = new SqliteStatement(_connection, "COMMIT");
        }

        public Task WriteAsync(long first, int count)
        {
            _begin.Run();
            for (var number = first; number < first + count; number++)
                _insert.Bind(1, DateTime.UtcNow.Ticks).Bind(2, _ids[number / _together % _ids.Length]).Bind(3, number).Bind(4, Payload(number)).Run();
            _commit.Run();
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            foreach (var statement in new[] { _begin, _insert, _commit })
                statement.Dispose();
            _connection.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class PostgresRaw(NpgsqlConnection connection, NpgsqlCommand insert, string[] ids, int together) : IRawWriter
    {
        public static async Task<PostgresRaw> OpenAsync(string connectionString, string[] ids, int together)
        {
            var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync();
            var insert = new NpgsqlCommand(
                "INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid) "
                + "SELECT created, false, id, number, message, 'e', 7001, 'd9d4b7a2c0f34c2f8d0a5d0b6d1b7e11' FROM unnest($1, $2, $3, $4) AS r (id, created, number, message)", connection);
            insert.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            insert.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
            insert.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
            insert.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
            await insert.PrepareAsync();
            return new PostgresRaw(connection, insert, ids, together);
        }

        public async Task WriteAsync(long first, int count)
        {
            var (of, created, numbers, messages) = (new string[count], new long[count], new long[count], new byte[count][]);
            for (var i = 0; i < count; i++)
                (of[i], created[i], numbers[i], messages[i]) = (ids[(first + i) / together % ids.Length], DateTime.UtcNow.Ticks, first + i, Payload(first + i));
            (insert.Parameters[0].Value, insert.Parameters[1].Value, insert.Parameters[2].Value, insert.Parameters[3].Value) = (of, created, numbers, messages);
            await insert.ExecuteNonQueryAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await insert.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}

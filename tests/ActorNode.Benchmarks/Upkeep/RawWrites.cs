using ActorNode.Storage;
using ActorNode.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ActorNode.Benchmarks.Upkeep;

/// <summary>The yardstick: one value replaced durably, by as few statements or flushes as that takes, and nothing else.</summary>
internal abstract class RawWrites : IAsyncDisposable
{
    public abstract Task WriteAsync(byte[] value);

    public abstract ValueTask DisposeAsync();

    public static async Task<RawWrites> OpenAsync(string kind, StorageSettings storage, string folder) => kind switch
    {
        "sqlite" => OpenSqlite(folder),
        "postgresql" => await OpenPostgresAsync(storage),
        "folder" => new Folder(Path.Combine(folder, "raw")),
        "replicated" => new Both(OpenSqlite(folder), new Folder(Path.Combine(folder, "raw"))),
        _ => throw new ArgumentException($"There is no store {kind}.", nameof(kind)),
    };

    private static Sqlite OpenSqlite(string folder)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "raw.db")};Pooling=false");
        connection.Open();
        foreach (var sql in new[] { "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA wal_autocheckpoint = 16384", "CREATE TABLE IF NOT EXISTS value (key TEXT PRIMARY KEY, bytes BLOB)" })
        {
            using var command = new SqliteCommand(sql, connection);
            command.ExecuteNonQuery();
        }

        return new Sqlite(connection);
    }

    private static async Task<RawWrites> OpenPostgresAsync(StorageSettings storage)
    {
        var connection = new NpgsqlConnection(storage.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("CREATE TABLE IF NOT EXISTS raw_value (key text PRIMARY KEY, bytes bytea); ALTER TABLE raw_value ALTER COLUMN bytes SET STORAGE EXTERNAL", connection);
        await command.ExecuteNonQueryAsync();
        return new Postgres(connection);
    }

    private sealed class Sqlite(SqliteConnection connection) : RawWrites
    {
        public override Task WriteAsync(byte[] value) => Task.Run(() =>
        {
            using var command = new SqliteCommand("INSERT OR REPLACE INTO value (key, bytes) VALUES ('manager', $bytes)", connection);
            command.Parameters.AddWithValue("$bytes", value);
            command.ExecuteNonQuery();
        });

        public override ValueTask DisposeAsync() => connection.DisposeAsync();
    }

    private sealed class Postgres(NpgsqlConnection connection) : RawWrites
    {
        public override async Task WriteAsync(byte[] value)
        {
            await using var command = new NpgsqlCommand("INSERT INTO raw_value (key, bytes) VALUES ('manager', $1) ON CONFLICT (key) DO UPDATE SET bytes = excluded.bytes", connection);
            command.Parameters.Add(new NpgsqlParameter { Value = value });
            await command.ExecuteNonQueryAsync();
        }

        public override ValueTask DisposeAsync() => connection.DisposeAsync();
    }

    /// <summary>Write, flush, rename, flush the folder.</summary>
    private sealed class Folder(string path) : RawWrites
    {
        public override Task WriteAsync(byte[] value) => Task.Run(() =>
        {
            Directory.CreateDirectory(path);
            var file = Path.Combine(path, "manager");
            using (var handle = File.OpenHandle($"{file}.tmp", FileMode.Create, FileAccess.Write))
            {
                RandomAccess.Write(handle, value, 0);
                RandomAccess.FlushToDisk(handle);
            }

            File.Move($"{file}.tmp", file, overwrite: true);
            DurableFolder.FlushOne(path);
        });

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Both(RawWrites one, RawWrites other) : RawWrites
    {
        public override Task WriteAsync(byte[] value) => Task.WhenAll(one.WriteAsync(value), other.WriteAsync(value));

        public override async ValueTask DisposeAsync()
        {
            await one.DisposeAsync();
            await other.DisposeAsync();
        }
    }
}

using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ActorNode.Storage.Sqlite;

/// <summary>Opens connections to the node's database file: creates it, brings its schema up to date, refuses files that are not ours.</summary>
internal sealed class SqliteFile(StorageSettings settings)
{
    /// <summary>Marks our files (the bytes "ActN"); SQLite keeps it in the file's header for the application.</summary>
    private const long ApplicationId = 0x4163744E;

    private const int ReaderCacheBytes = 4 << 20;

    private static readonly ImmutableArray<string> Scripts = SchemaScripts.Of("sqlite");

    /// <summary>The full path.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(settings.DataFolder, settings.FileName));

    /// <summary>Creates the file if it is not there and applies the scripts that it lacks, all or none.</summary>
    /// <exception cref="StoreOpenException">The file is another program's, or a newer node's, or cannot be used.</exception>
    public SqliteConnection Create()
    {
        try
        {
            var isNew = !File.Exists(Path);
            var connection = Open(SqliteOpenMode.ReadWriteCreate);
            try
            {
                RefuseForeignOrNewer(connection);
                Configure(connection);
                Migrate(connection);
            }
            catch
            {
                connection.Dispose();
                throw;
            }

            if (isNew)
                DurableFolder.Flush(System.IO.Path.GetDirectoryName(Path)!);
            return connection;
        }
        catch (SqliteException failure)
        {
            throw new StoreOpenException($"{Path} cannot be opened: {SqliteFailure.Describe(failure)}.", failure);
        }
    }

    /// <summary>
    /// Opens the file for writing again after a failure. Never creates it: an empty database in place of a lost one would look as if
    /// nothing had happened.
    /// </summary>
    public SqliteConnection Reopen()
    {
        RestoreModes();
        var connection = Open(SqliteOpenMode.ReadWrite);
        try
        {
            if (Scalar(connection, "PRAGMA application_id") != ApplicationId || Scalar(connection, "PRAGMA user_version") != Scripts.Length)
                throw new StoreUnavailableException($"{Path}: the file is not the one that the node opened at its start.");
            Configure(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection that cannot write.</summary>
    public SqliteConnection OpenReader()
    {
        var connection = Open(SqliteOpenMode.ReadOnly);
        try
        {
            Execute(connection, $"PRAGMA cache_size = -{ReaderCacheBytes / 1024}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var statement = new SqliteStatement(connection, sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    private SqliteConnection Open(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Mode = mode, Pooling = false }.ToString());
        try
        {
            connection.Open();
            raw.sqlite3_busy_timeout(connection.Handle, (int)settings.CommandTimeout.TotalMilliseconds);
            // SQLite falls back to reading where it may not write. Better to stop here: it would go on to create its -wal and -shm files
            // with the mode of the database file, unwritable even when that one is writable again.
            if (mode != SqliteOpenMode.ReadOnly && raw.sqlite3_db_readonly(connection.Handle, "main") != 0)
                throw new SqliteException("The file is not writable.", raw.SQLITE_READONLY);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Gives the -wal and -shm files the mode of the database file: readers may have created them while that was unwritable.
    /// </summary>
    private void RestoreModes()
    {
        if (OperatingSystem.IsWindows() || !File.Exists(Path))
            return;
        var mode = File.GetUnixFileMode(Path);
        foreach (var file in new[] { $"{Path}-wal", $"{Path}-shm" })
        {
            if (File.Exists(file) && File.GetUnixFileMode(file) != mode)
                File.SetUnixFileMode(file, mode);
        }
    }

    private void RefuseForeignOrNewer(SqliteConnection connection)
    {
        var application = Scalar(connection, "PRAGMA application_id");
        if (application == ApplicationId)
            SchemaScripts.RefuseNewer(Path, Scalar(connection, "PRAGMA user_version"), Scripts.Length);
        else if (application != 0 || Scalar(connection, "SELECT count(*) FROM sqlite_schema") != 0)
            throw new StoreOpenException($"{Path} is the database of another program (application id {application}). Choose another file name or data folder.");
    }

    private void Configure(SqliteConnection connection)
    {
        // Counts for a new file only, before its first page is written.
        Execute(connection, $"PRAGMA page_size = {settings.PageBytes}");
        using (var journal = new SqliteStatement(connection, "PRAGMA journal_mode = WAL"))
        {
            if (!journal.Step() || journal.Text(0) != "wal")
                throw new StoreOpenException($"{Path}: the file system does not support SQLite's write-ahead log.");
        }

        var pageBytes = Scalar(connection, "PRAGMA page_size");
        Execute(connection, $"PRAGMA synchronous = {(settings.Synchronous == SqliteSynchronous.Full ? "FULL" : "NORMAL")}");
        Execute(connection, $"PRAGMA cache_size = -{Math.Max(1, settings.CacheBytes / 1024)}");
        Execute(connection, $"PRAGMA wal_autocheckpoint = {Math.Max(1, settings.CheckpointBytes / pageBytes)}");
        Execute(connection, $"PRAGMA journal_size_limit = {settings.CheckpointBytes}");
    }

    private void Migrate(SqliteConnection connection)
    {
        var version = Scalar(connection, "PRAGMA user_version");
        if (version == Scripts.Length)
            return;
        using var transaction = connection.BeginTransaction(deferred: false);
        foreach (var script in Scripts.AsSpan()[(int)version..])
            Execute(connection, script);
        Execute(connection, $"PRAGMA application_id = {ApplicationId}");
        Execute(connection, $"PRAGMA user_version = {Scripts.Length}");
        transaction.Commit();
    }
}

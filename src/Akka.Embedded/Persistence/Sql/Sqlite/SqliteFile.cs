using System.Collections.Concurrent;
using Akka.Configuration;
using Akka.Persistence.Sql.Config;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Akka.Persistence.Sql.Sqlite;

/// <summary>
/// Opens connections to one database file. The write-ahead log lets readers go on while something is written. In this process writers of
/// one file wait for each other by <see cref="WriterGate"/>: SQLite's own way, to look again after a sleep, starves one of two busy writers.
/// </summary>
internal sealed class SqliteFile
{
    private static readonly ConcurrentDictionary<string, Lock> Gates = new(StringComparer.Ordinal);

    /// <summary>
    /// Of a new file. Events of many persistence ids fall on a page each of the index by persistence id, and a changed page goes to the log
    /// whole: small pages make that cheap. An existing file keeps its own.
    /// </summary>
    private const int PageBytes = 2048;

    /// <summary>Of the writer, so that the index pages that active persistence ids share are not read again.</summary>
    private const int CacheBytes = 16 << 20;

    /// <summary>
    /// Times the pages of a checkpoint. A log that has come so far was not copied in time by a <see cref="SqliteCheckpointer"/>, and is
    /// copied inside a commit.
    /// </summary>
    private const int LongestLog = 4;

    private readonly SqlSettings _settings;
    private readonly SqliteConnectionStringBuilder _builder;
    private bool _known;

    /// <exception cref="ConfigurationException">The connection string does not name a file.</exception>
    public SqliteFile(SqlSettings settings)
    {
        _settings = settings;
        try
        {
            _builder = new SqliteConnectionStringBuilder(settings.ConnectionString);
        }
        catch (ArgumentException failure)
        {
            throw new ConfigurationException($"{settings.Section}.connection-string is not one of SQLite: {failure.Message}", failure);
        }

        if (_builder.DataSource is "" or ":memory:" || _builder.Mode == SqliteOpenMode.Memory || _builder.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            throw new ConfigurationException(
                $"{settings.Section}.connection-string must name a file, as in 'Data Source=journal.db': a database in memory has no readers beside its writer; akka.persistence.journal.inmem keeps events in memory");
        Location = Path.GetFullPath(_builder.DataSource);
        _builder.DataSource = Location;
        _builder.Pooling = false;
        WriterGate = Gates.GetOrAdd(Location, static _ => new Lock());
    }

    /// <summary>The full path.</summary>
    public string Location { get; }

    private long CheckpointPages => _settings.CheckpointBytes / PageBytes;

    /// <summary>Held during each transaction that writes.</summary>
    public Lock WriterGate { get; }

    /// <summary>
    /// Opens a connection that writes, and creates the file and what <paramref name="tables"/> says unless that is switched off. A file that
    /// was there once is never created again: an empty database in place of a lost one would look as if nothing had happened.
    /// </summary>
    public SqliteConnection OpenWriter(IEnumerable<string> tables)
    {
        var isNew = !File.Exists(Location);
        var connection = Open(_known || !_settings.AutoInitialize ? SqliteOpenMode.ReadWrite : SqliteOpenMode.ReadWriteCreate);
        try
        {
            lock (WriterGate)
            {
                // Only counts before the first page is written.
                Execute(connection, $"PRAGMA page_size = {PageBytes}");
                SwitchToLog(connection);
                Execute(connection, $"PRAGMA cache_size = -{CacheBytes / 1024}");
                Execute(connection, $"PRAGMA wal_autocheckpoint = {LongestLog * CheckpointPages}");
                Execute(connection, $"PRAGMA synchronous = {(_settings.SynchronousFull ? "FULL" : "NORMAL")}");
                if (_settings.AutoInitialize)
                {
                    Execute(connection, "BEGIN IMMEDIATE");
                    foreach (var sql in tables)
                        Execute(connection, sql);
                    Execute(connection, "COMMIT");
                }
            }

            if (isNew)
                DurableFolder.Flush(Path.GetDirectoryName(Location)!);
            _known = true;
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Takes the checkpoints from the commits of an open writer.</summary>
    /// <param name="failed">Told when the log could not be copied, from any thread.</param>
    public SqliteCheckpointer Checkpointer(SqliteConnection writer, Action<Exception> failed) =>
        new(writer, OpenCopier, CheckpointPages, failed);

    /// <summary>Opens a connection that cannot write.</summary>
    public SqliteConnection OpenReader() => Open(SqliteOpenMode.ReadOnly);

    /// <summary>A name as SQL text.</summary>
    public static string Quote(string name) => $"[{name.Replace("]", "", StringComparison.Ordinal)}]";

    /// <summary>Another connection that does the same to a new file makes this one fail at once, whatever the busy timeout: so it is tried again.</summary>
    private void SwitchToLog(SqliteConnection connection)
    {
        var until = DateTime.UtcNow + _settings.CallTimeout;
        while (true)
        {
            try
            {
                using var journal = new SqliteStatement(connection, "PRAGMA journal_mode = WAL");
                if (!journal.Step() || journal.Text(0) != "wal")
                    throw new StoreUnavailableException($"{Location}: the file system does not support SQLite's write-ahead log");
                journal.Reset();
                return;
            }
            catch (SqliteException failure) when (failure.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED && DateTime.UtcNow < until)
            {
                Thread.Sleep(5);
            }
        }
    }

    private SqliteConnection OpenCopier()
    {
        var connection = Open(SqliteOpenMode.ReadWrite);
        try
        {
            // A connection that has not read anything does not know of the log.
            Execute(connection, "SELECT 1 FROM sqlite_master");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var statement = new SqliteStatement(connection, sql);
        statement.Run();
    }

    private SqliteConnection Open(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder(_builder.ConnectionString) { Mode = mode }.ToString());
        try
        {
            connection.Open();
            raw.sqlite3_busy_timeout(connection.Handle, (int)_settings.CallTimeout.TotalMilliseconds);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}

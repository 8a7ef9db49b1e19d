using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Akka.Persistence.Sql.Sqlite;

/// <summary>Tells failures of the file, which another attempt may find gone, from faults of a row.</summary>
internal static class SqliteFailure
{
    public static bool IsUnavailable(SqliteException failure) => failure.SqliteErrorCode
        is raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_BUSY or raw.SQLITE_LOCKED
        or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_PERM or raw.SQLITE_AUTH or raw.SQLITE_PROTOCOL or raw.SQLITE_NOMEM
        or raw.SQLITE_NOLFS or raw.SQLITE_SCHEMA
        // No such table: nothing can be written until somebody creates it.
        or raw.SQLITE_ERROR;

    public static StoreUnavailableException Unavailable(string location, SqliteException failure, bool outcomeUnknown = false) =>
        new($"{location}: {Describe(failure)}", failure) { OutcomeUnknown = outcomeUnknown };

    /// <summary>What an operator can do something with.</summary>
    private static string Describe(SqliteException failure) => failure.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => "the disk is full, or the limit of the database's pages is reached",
        raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_AUTH => "the file is not writable",
        raw.SQLITE_CANTOPEN => "the file, or its -wal or -shm file, cannot be opened",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "another program holds a lock on it",
        raw.SQLITE_CORRUPT => "the file is damaged; check the disk and restore a backup",
        raw.SQLITE_NOTADB => "the file is not a SQLite database",
        raw.SQLITE_IOERR => "the disk reports an error",
        raw.SQLITE_NOMEM => "there is not enough memory",
        _ => failure.Message,
    } + $" (SQLite error {failure.SqliteExtendedErrorCode}: {raw.sqlite3_errstr(failure.SqliteExtendedErrorCode).utf8_to_string()})";
}

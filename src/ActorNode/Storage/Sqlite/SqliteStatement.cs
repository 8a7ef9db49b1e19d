using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ActorNode.Storage.Sqlite;

/// <summary>
/// A statement compiled once and run many times on the connection's native handle, without the parameter objects and the per-call
/// checks of a <see cref="SqliteCommand"/>, which cost more than SQLite itself does for a row of this size. Belongs to the thread that
/// uses the connection. Parameters are numbered from 1 and keep their values over a reset; columns are numbered from 0.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public SqliteStatement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    public SqliteStatement Bind(int parameter, ReadOnlySpan<byte> blob)
    {
        // A null pointer would bind NULL, and an empty span has one.
        Check(blob.IsEmpty
            ? raw.sqlite3_bind_zeroblob(_statement, parameter, 0)
            : raw.sqlite3_bind_blob(_statement, parameter, blob));
        return this;
    }

    public SqliteStatement Bind(int parameter, string text)
    {
        const int onStack = 384;
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = null;
        var buffer = most <= onStack ? stackalloc byte[onStack] : rented = ArrayPool<byte>.Shared.Rent(most);
        var length = Encoding.UTF8.GetBytes(text, buffer);
        Check(raw.sqlite3_bind_text(_statement, parameter, buffer[..length]));
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    public SqliteStatement BindNull(int parameter)
    {
        Check(raw.sqlite3_bind_null(_statement, parameter));
        return this;
    }

    /// <summary>Goes to the next row; false at the end, where the statement is reset by itself.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
            return true;
        var reset = raw.sqlite3_reset(_statement);
        Check(code == raw.SQLITE_DONE ? reset : code);
        return false;
    }

    /// <summary>Runs a statement whose rows, if any, are of no interest.</summary>
    public void Run()
    {
        while (Step())
        {
        }
    }

    /// <summary>Leaves the rows that were not read. A statement that stands on a row keeps its read transaction open.</summary>
    public void Reset() => raw.sqlite3_reset(_statement);

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <summary>The column's bytes, a text's in UTF-8. Valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    public void Dispose() => _statement.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
            SqliteException.ThrowExceptionForRC(code, _database);
    }
}

using Akka.Persistence.Sql.Config;
using Akka.Persistence.Sql.Journal;
using Microsoft.Data.Sqlite;

namespace Akka.Persistence.Sql.Sqlite;

/// <summary>A connection that reads, with its statements. Not thread-safe.</summary>
internal sealed class SqliteJournalReader : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly JournalSerializer _serializer;
    private readonly SqliteStatement _highest;
    private readonly SqliteStatement _page;
    private readonly int _pageSize;
    private RepeatedText _manifest;
    private RepeatedText _writer;

    public SqliteJournalReader(SqliteConnection connection, JournalSettings settings, JournalSerializer serializer)
    {
        (_connection, _serializer, _pageSize) = (connection, serializer, settings.ReplayPage);
        var journal = settings.Journal;
        var (table, id, number) = (Quote(journal.Name), Quote(journal.PersistenceId), Quote(journal.SequenceNumber));
        var highest = $"SELECT max({number}) FROM {table} WHERE {id} = ?1";
        _highest = new SqliteStatement(connection, settings.Metadata is { } metadata
            ? $"SELECT max(coalesce(({highest}), 0), coalesce((SELECT max({Quote(metadata.SequenceNumber)}) FROM {Quote(metadata.Name)} WHERE {Quote(metadata.PersistenceId)} = ?1), 0))"
            : highest);
        _page = new SqliteStatement(connection,
            $"SELECT {number}, {Quote(journal.Created)}, {Quote(journal.Message)}, {Quote(journal.Identifier)}, {Quote(journal.Manifest)}, "
            + $"{(journal.WriterUuid is { } writer ? Quote(writer) : "NULL")} FROM {table} "
            + $"WHERE {id} = ?1 AND {number} >= ?2 AND {number} <= ?3 AND {Quote(journal.Deleted)} = 0 ORDER BY {number} LIMIT ?4");
    }

    public long ReadHighest(string persistenceId)
    {
        var highest = _highest.Bind(1, persistenceId).Step() ? _highest.Int64(0) : 0;
        _highest.Reset();
        return highest;
    }

    /// <summary>Page by page, so that no read of a long stream keeps the log from being folded into the database.</summary>
    public void Replay(string persistenceId, long from, long to, long max, Action<IPersistentRepresentation> next)
    {
        while (max > 0 && from <= to)
        {
            var limit = Math.Min(max, _pageSize);
            var read = 0L;
            try
            {
                _page.Bind(1, persistenceId).Bind(2, from).Bind(3, to).Bind(4, limit);
                while (_page.Step())
                {
                    var number = _page.Int64(0);
                    next(_serializer.FromRow(persistenceId, number, _page.Int64(1), _page.Bytes(2).ToArray(), _page.IsNull(3) ? null : (int)_page.Int64(3),
                        _manifest.Of(_page.Bytes(4)), _page.IsNull(5) ? null : _writer.Of(_page.Bytes(5))));
                    from = number + 1;
                    read++;
                }
            }
            finally
            {
                _page.Reset();
            }

            max -= read;
            if (read < limit)
                return;
        }
    }

    public void Dispose()
    {
        _highest.Dispose();
        _page.Dispose();
        _connection.Dispose();
    }

    private static string Quote(string name) => SqliteFile.Quote(name);
}

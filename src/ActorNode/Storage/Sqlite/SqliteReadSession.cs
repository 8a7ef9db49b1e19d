using System.Collections.Immutable;
using System.Text;
using ActorNode.Protocol.Messages;
using Microsoft.Data.Sqlite;

namespace ActorNode.Storage.Sqlite;

/// <summary>One connection that reads, with its statements. One caller at a time. Each call is one read transaction.</summary>
internal sealed class SqliteReadSession : IDisposable
{
    /// <summary>Messages that a page has room for from the start.</summary>
    private const int ExpectedPage = 1_000;

    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _end;
    private readonly SqliteStatement _account;
    private readonly SqliteStatement _page;
    private readonly SqliteStatement _keys;
    private readonly SqliteStatement _message;
    private readonly SqliteStatement _accounts;
    private readonly SqliteStatement _older;

    public SqliteReadSession(SqliteConnection connection)
    {
        _connection = connection;
        _begin = new SqliteStatement(connection, "BEGIN");
        _end = new SqliteStatement(connection, "COMMIT");
        _account = new SqliteStatement(connection, SqliteQueries.AccountOfName);
        _page = new SqliteStatement(connection, "SELECT key, received_at, id, body FROM message WHERE key BETWEEN ? AND ? ORDER BY key");
        _keys = new SqliteStatement(connection, SqliteQueries.KeysOfHash);
        _message = new SqliteStatement(connection, "SELECT key, received_at, id, body FROM message WHERE key = ?");
        _accounts = new SqliteStatement(connection, "SELECT name, first, last FROM account WHERE name > ? ORDER BY name LIMIT ?");
        _older = new SqliteStatement(connection, "SELECT name FROM account WHERE oldest_at < ? ORDER BY oldest_at, name LIMIT ?");
        Upkeep = new SqliteUpkeepQueries(connection);
        Jobs = new SqliteJobsQueries(connection);
    }

    /// <summary>Upkeep's values.</summary>
    public SqliteUpkeepQueries Upkeep { get; }

    /// <summary>Lists of jobs and runs.</summary>
    public SqliteJobsQueries Jobs { get; }

    public MessageRange? Range(AccountId account) => Account(account)?.Range;

    public (MessageRange? Range, ImmutableArray<StoredMessage> Messages) Page(AccountId account, long after, int limit, long maxBytes)
    {
        _begin.Run();
        try
        {
            if (Account(account) is not { } row)
                return (null, []);
            var from = after + 1;
            if (from < row.First || from > row.Last || limit < 1)
                return (row.Range, []);
            var to = Math.Min(row.Last, from + limit - 1);
            var messages = ImmutableArray.CreateBuilder<StoredMessage>((int)Math.Min(to - from + 1, ExpectedPage));
            var bytes = 0L;
            _page.Bind(1, MessageKey.Of(row.Number, from)).Bind(2, MessageKey.Of(row.Number, to));
            while (bytes < maxBytes && _page.Step())
            {
                if (MessageKey.Sequence(_page.Int64(0)) != from + messages.Count)
                    break;
                messages.Add(Message(_page));
                bytes += messages[^1].Body.Length;
            }

            _page.Reset();
            return bytes >= maxBytes || messages.Count == to - from + 1
                ? (row.Range, messages.DrainToImmutable())
                : throw new MissingMessageException(account, from + messages.Count, row.Range);
        }
        finally
        {
            End();
        }
    }

    /// <param name="account">The account.</param>
    /// <param name="id">The id.</param>
    /// <param name="buffered">
    /// Entries of the id index that are not in the database yet. They are searched before the read transaction begins: an entry that
    /// leaves the buffer later is in the index by then.
    /// </param>
    public StoredMessage? Find(AccountId account, MessageId id, IdBuffer buffered)
    {
        if (Account(account) is not { } row)
            return null;
        var utf8 = Encoding.UTF8.GetBytes(id.Value);
        var hash = MessageIdHash.Of(row.Number, utf8);
        var keys = new List<long>();
        buffered.Find(hash, keys);
        _begin.Run();
        try
        {
            _keys.Bind(1, hash);
            while (_keys.Step())
                keys.Add(_keys.Int64(0));
            foreach (var key in keys)
            {
                if (key < 0 || MessageKey.Account(key) != row.Number || !_message.Bind(1, key).Step())
                    continue;
                var found = _message.Bytes(2).SequenceEqual(utf8) ? Message(_message) : null;
                _message.Reset();
                if (found is not null)
                    return found;
            }

            return null;
        }
        finally
        {
            End();
        }
    }

    public ImmutableArray<MessageReplies.AccountRange> Accounts(AccountId? after, int limit)
    {
        var accounts = ImmutableArray.CreateBuilder<MessageReplies.AccountRange>();
        _accounts.Bind(1, after?.Value ?? "").Bind(2, limit);
        while (_accounts.Step())
            accounts.Add(new MessageReplies.AccountRange(new AccountId(_accounts.Text(0)), new MessageRange(_accounts.Int64(1), _accounts.Int64(2))));
        return accounts.ToImmutable();
    }

    public ImmutableArray<AccountId> AccountsOlderThan(DateTimeOffset cutoff, int limit)
    {
        var accounts = ImmutableArray.CreateBuilder<AccountId>();
        _older.Bind(1, Timestamps.ToMicroseconds(cutoff)).Bind(2, limit);
        while (_older.Step())
            accounts.Add(new AccountId(_older.Text(0)));
        return accounts.ToImmutable();
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _begin, _end, _account, _page, _keys, _message, _accounts, _older })
            statement.Dispose();
        Upkeep.Dispose();
        Jobs.Dispose();
        _connection.Dispose();
    }

    private static StoredMessage Message(SqliteStatement row) => new(
        MessageKey.Sequence(row.Int64(0)),
        new MessageId(row.Text(2)),
        row.Bytes(3).ToArray(),
        Timestamps.FromMicroseconds(row.Int64(1)));

    private AccountRow? Account(AccountId account)
    {
        if (!_account.Bind(1, account.Value).Step())
            return null;
        var row = new AccountRow(account, _account.Int64(0)) { First = _account.Int64(1), Last = _account.Int64(2) };
        _account.Reset();
        return row;
    }

    private void End()
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0)
            _end.Run();
    }
}

using System.Collections.Immutable;
using ActorNode.Protocol.Messages;
using Microsoft.Data.Sqlite;

namespace ActorNode.Storage.Sqlite;

/// <summary>
/// The one connection that writes, with its statements and what it knows of the data. Not thread-safe. After a failed transaction it is
/// as before it; after a failure of the file itself it is to be thrown away.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    /// <summary>What a probe writes: some pages, so that a last free page does not pass for space.</summary>
    private const int ProbeBytes = 16 * 1024;

    private readonly SqliteConnection _connection;
    private readonly AccountCache _accounts;
    private readonly SqliteIdIndex _ids;
    private readonly SqliteUpkeepWriter _upkeep;
    private readonly SqliteJobsWriter _jobs;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _findAccount;
    private readonly SqliteStatement _addAccount;
    private readonly SqliteStatement _updateLast;
    private readonly SqliteStatement _updateAccount;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _front;
    private readonly SqliteStatement _receivedAt;
    private readonly SqliteStatement _delete;
    private readonly SqliteStatement _probe;

    /// <summary>Takes over an open connection to a database of the current schema.</summary>
    public SqliteWriter(SqliteConnection connection, StorageSettings settings)
    {
        _connection = connection;
        _accounts = new AccountCache(settings.CachedAccounts);
        _ids = new SqliteIdIndex(connection, settings.BufferedIds);
        _upkeep = new SqliteUpkeepWriter(connection);
        _jobs = new SqliteJobsWriter(connection);
        _begin = new SqliteStatement(connection, "BEGIN IMMEDIATE");
        _commit = new SqliteStatement(connection, "COMMIT");
        _rollback = new SqliteStatement(connection, "ROLLBACK");
        _findAccount = new SqliteStatement(connection, SqliteQueries.AccountOfName);
        _addAccount = new SqliteStatement(connection, "INSERT INTO account (name, first, last) VALUES (?, 1, 0) RETURNING number");
        _updateLast = new SqliteStatement(connection, SqliteQueries.UpdateLast);
        _updateAccount = new SqliteStatement(connection, "UPDATE account SET last = ?, first = ?, oldest_at = ? WHERE number = ?");
        _insert = new SqliteStatement(connection, SqliteQueries.InsertMessage);
        _front = new SqliteStatement(connection, "SELECT key, received_at, id FROM message WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?");
        _receivedAt = new SqliteStatement(connection, "SELECT received_at FROM message WHERE key = ?");
        _delete = new SqliteStatement(connection, "DELETE FROM message WHERE key BETWEEN ? AND ?");
        // Key 0 is no message's: accounts are numbered from 1.
        _probe = new SqliteStatement(connection, $"INSERT INTO message (key, received_at, id, body) VALUES (0, 0, '', zeroblob({ProbeBytes}))");
    }

    /// <summary>The entries of the id index that wait in memory.</summary>
    public IdBuffer BufferedIds => _ids.Buffer;

    /// <summary>Pages that the database may have; 0: no limit.</summary>
    public void LimitPages(long pages)
    {
        Committing = false;
        SqliteFile.Execute(_connection, $"PRAGMA max_page_count = {(pages == 0 ? uint.MaxValue - 1 : pages)}");
    }

    /// <summary>Whether the last transaction came as far as its commit: when it failed, it may be durable all the same.</summary>
    public bool Committing { get; private set; }

    /// <summary>A rollback failed: the connection may still be inside a transaction, and cannot be used any more.</summary>
    public bool IsBroken { get; private set; }

    public ImmutableArray<CommitResult> Commit(IReadOnlyList<CommitCommand> commands)
    {
        Committing = false;
        try
        {
            _begin.Run();
            var results = ImmutableArray.CreateBuilder<CommitResult>(commands.Count);
            for (var i = 0; i < commands.Count; i++)
                results.Add(Execute(commands[i]));
            _ids.Write();
            _jobs.Write();
            foreach (var row in _accounts.Changed)
                WriteBack(row);
            Committing = true;
            _commit.Run();
            _ids.Committed();
            _accounts.Committed();
            return results.MoveToImmutable();
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    public void Dispose()
    {
        _ids.Dispose();
        _upkeep.Dispose();
        _jobs.Dispose();
        foreach (var statement in new[] { _begin, _commit, _rollback, _findAccount, _addAccount, _updateLast, _updateAccount, _insert, _front, _receivedAt, _delete, _probe })
            statement.Dispose();
        _connection.Dispose();
    }

    private CommitResult Execute(CommitCommand command) => command switch
    {
        CommitCommand.Append append => Append(append),
        CommitCommand.Remove remove => Remove(remove),
        CommitCommand.StagePart part => _upkeep.Execute(part),
        CommitCommand.PutValue put => _upkeep.Execute(put),
        CommitCommand.RemoveValue remove => _upkeep.Execute(remove),
        CommitCommand.DropParts drop => _upkeep.Execute(drop),
        CommitCommand.PutJob put => _jobs.Execute(put),
        CommitCommand.PutRun put => _jobs.Execute(put),
        CommitCommand.DeleteRun delete => _jobs.Execute(delete),
        CommitCommand.Probe => Probe(),
        _ => throw new ArgumentException($"The store does not know {command.GetType()}.", nameof(command)),
    };

    private CommitResult.Appended Append(CommitCommand.Append append)
    {
        CommandRules.Check(append);
        var row = Find(append.AccountId) ?? Add(append.AccountId);
        var receivedAt = Timestamps.ToMicroseconds(append.ReceivedAt);
        var (first, last, written) = (long.MaxValue, 0L, 0);
        foreach (var message in append.Messages)
        {
            var id = message.Id.Value;
            if (_ids.Find(row.Number, id, out var hash) is not { } sequence)
            {
                sequence = row.Last + 1;
                if (sequence > MessageKey.MaxSequence)
                    throw new InvalidOperationException($"Account {row.Account} has given out its last sequence, {MessageKey.MaxSequence}.");
                var key = MessageKey.Of(row.Number, sequence);
                _insert.Bind(1, key).Bind(2, receivedAt).Bind(3, id).Bind(4, message.Body.Span).Run();
                _ids.Add(row.Number, id, hash, key);
                row.Last = sequence;
                written++;
            }

            first = Math.Min(first, sequence);
            last = Math.Max(last, sequence);
        }

        if (written > 0)
        {
            var empty = row.OldestAt is null;
            if (empty)
                row.OldestAt = receivedAt;
            _accounts.MarkChanged(row, empty ? AccountChange.All : AccountChange.Last);
        }

        return new CommitResult.Appended(first, last, written, append.Messages.Length - written, row.Last);
    }

    private CommitResult.Removed Remove(CommitCommand.Remove remove)
    {
        CommandRules.Check(remove);
        if (Find(remove.AccountId) is not { } row)
            return new CommitResult.Removed(new MessageRange(1, 0), 0, More: false);
        var upTo = Math.Min(remove.UpTo, row.Last);
        if (upTo < row.First)
            return new CommitResult.Removed(row.Range, 0, More: false);
        var before = remove.Before is { } time ? Timestamps.ToMicroseconds(time) : long.MaxValue;
        var count = 0;
        var more = false;
        _front.Bind(1, MessageKey.Of(row.Number, row.First)).Bind(2, MessageKey.Of(row.Number, upTo)).Bind(3, remove.Limit + 1L);
        while (_front.Step())
        {
            if (_front.Int64(1) >= before || (more = count == remove.Limit))
            {
                _front.Reset();
                break;
            }

            var key = _front.Int64(0);
            if (key != MessageKey.Of(row.Number, row.First + count))
            {
                _front.Reset();
                throw new MissingMessageException(row.Account, row.First + count, row.Range);
            }

            _ids.Remove(row.Number, _front.Text(2), key);
            count++;
        }

        if (count > 0)
        {
            _delete.Bind(1, MessageKey.Of(row.Number, row.First)).Bind(2, MessageKey.Of(row.Number, row.First + count - 1)).Run();
            row.First += count;
            row.OldestAt = ReceivedAt(row, row.First);
            _accounts.MarkChanged(row, AccountChange.All);
        }

        return new CommitResult.Removed(row.Range, count, more);
    }

    private CommitResult.Probed Probe()
    {
        _probe.Run();
        _delete.Bind(1, 0).Bind(2, 0).Run();
        return new CommitResult.Probed();
    }

    private AccountRow? Find(AccountId account)
    {
        if (_accounts.Find(account) is { } cached)
            return cached;
        if (!_findAccount.Bind(1, account.Value).Step())
            return null;
        var row = new AccountRow(account, _findAccount.Int64(0))
        {
            First = _findAccount.Int64(1),
            Last = _findAccount.Int64(2),
            OldestAt = _findAccount.IsNull(3) ? null : _findAccount.Int64(3),
        };
        _findAccount.Reset();
        return _accounts.Add(row);
    }

    private AccountRow Add(AccountId account)
    {
        _addAccount.Bind(1, account.Value).Step();
        var number = _addAccount.Int64(0);
        _addAccount.Run();
        if (number > MessageKey.MaxAccount)
            throw new InvalidOperationException($"There is no room for account {account}: the store holds at most {MessageKey.MaxAccount} accounts.");
        return _accounts.Add(new AccountRow(account, number));
    }

    private void WriteBack(AccountRow row)
    {
        if (row.Change == AccountChange.Last)
        {
            _updateLast.Bind(1, row.Last).Bind(2, row.Number).Run();
            return;
        }

        _updateAccount.Bind(1, row.Last).Bind(2, row.First).Bind(4, row.Number);
        if (row.OldestAt is { } oldestAt)
            _updateAccount.Bind(3, oldestAt).Run();
        else
            _updateAccount.BindNull(3).Run();
    }

    private long? ReceivedAt(AccountRow row, long sequence)
    {
        if (sequence > row.Last)
            return null;
        if (!_receivedAt.Bind(1, MessageKey.Of(row.Number, sequence)).Step())
            throw new MissingMessageException(row.Account, sequence, row.Range);
        var time = _receivedAt.Int64(0);
        _receivedAt.Reset();
        return time;
    }

    private void RollBack()
    {
        _ids.RolledBack();
        _jobs.RolledBack();
        _accounts.Clear();
        // Some failures (disk full, I/O) have rolled back by themselves; then there is nothing to do here, and no error either.
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) != 0)
            return;
        try
        {
            _rollback.Run();
        }
        catch (SqliteException)
        {
            // What failed first is what the caller hears of.
            IsBroken = true;
        }
    }
}

using System.Collections.Immutable;
using System.Data;
using System.Runtime.InteropServices;
using System.Text;
using ActorNode.Protocol.Messages;
using Npgsql;
using NpgsqlTypes;

namespace ActorNode.Storage.PostgreSql;

/// <summary>
/// The one connection that writes, and what it knows of the data. One transaction at a time. A run of appends costs three round trips,
/// however many messages it has: look the ids up, copy the new messages, and, once a transaction, write the accounts back.
/// </summary>
internal sealed class PostgresWriter(PostgresDatabase database, NpgsqlConnection connection, long epoch, int cachedAccounts) : IAsyncDisposable
{
    public const string CheckOwner = "SELECT 1 FROM actornode.owner WHERE epoch = $1 FOR SHARE";

    public const string FindIds =
        "SELECT m.account, m.id, m.sequence FROM unnest($1) AS wanted (hash) JOIN actornode.message m ON m.id_hash = wanted.hash";

    public const string CopyMessages =
        "COPY actornode.message (account, sequence, received_at, id_hash, id, body) FROM STDIN (FORMAT BINARY)";

    public const string UpdateAccounts =
        "UPDATE actornode.account SET first = changed.first, last = changed.last, oldest_at = changed.oldest_at "
        + "FROM unnest($1, $2, $3, $4) AS changed (number, first, last, oldest_at) WHERE account.number = changed.number";

    private readonly AccountCache _accounts = new(cachedAccounts);
    private readonly PostgresUpkeepWriter _upkeep = new(connection);
    private readonly PostgresJobsWriter _jobs = new(connection);
    private readonly Dictionary<(long Account, string Id), long> _known = [];
    private readonly List<(AccountRow Account, long Sequence, long ReceivedAt, long Hash, Message Message)> _new = [];

    /// <summary>Whether the connection, and with it the ownership, still stands as far as is known.</summary>
    public bool IsConnected => connection.State == ConnectionState.Open;

    /// <summary>Whether the last transaction came as far as its commit: when it failed, it may be durable all the same.</summary>
    public bool Committing { get; private set; }

    /// <exception cref="StoreUnavailableException">Another node has taken over.</exception>
    public async Task<ImmutableArray<CommitResult>> CommitAsync(IReadOnlyList<CommitCommand> commands)
    {
        Committing = false;
        try
        {
            var transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                await CheckOwnerAsync().ConfigureAwait(false);
                var results = ImmutableArray.CreateBuilder<CommitResult>(commands.Count);
                while (results.Count < commands.Count)
                {
                    switch (commands[results.Count])
                    {
                        case CommitCommand.Append:
                            await AppendAsync(commands, results).ConfigureAwait(false);
                            break;
                        case CommitCommand.Remove remove:
                            results.Add(await RemoveAsync(remove).ConfigureAwait(false));
                            break;
                        case CommitCommand.StagePart or CommitCommand.PutValue or CommitCommand.RemoveValue or CommitCommand.DropParts:
                            await _upkeep.ExecuteAsync(commands[results.Count]).ConfigureAwait(false);
                            results.Add(CommitResult.Done.Instance);
                            break;
                        case CommitCommand.PutJob or CommitCommand.PutRun or CommitCommand.DeleteRun:
                            await _jobs.ExecuteAsync(commands, results).ConfigureAwait(false);
                            break;
                        case CommitCommand.Probe:
                            await ProbeAsync().ConfigureAwait(false);
                            results.Add(new CommitResult.Probed());
                            break;
                        case var unknown:
                            throw new ArgumentException($"The store does not know {unknown.GetType()}.", nameof(commands));
                    }
                }

                await WriteBackAsync().ConfigureAwait(false);
                Committing = true;
                await transaction.CommitAsync().ConfigureAwait(false);
                _accounts.Committed();
                return results.MoveToImmutable();
            }
        }
        catch
        {
            _accounts.Clear();
            throw;
        }
        finally
        {
            _known.Clear();
            _new.Clear();
        }
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    /// <summary>The shared lock makes a node that takes over wait for this transaction, or this transaction see that node.</summary>
    private async Task CheckOwnerAsync()
    {
        var command = Command(CheckOwner, epoch);
        await using (command.ConfigureAwait(false))
        {
            if (await command.ExecuteScalarAsync().ConfigureAwait(false) is null)
                throw database.Fenced();
        }
    }

    /// <summary>Carries out the appends from the next command on, up to one that is none.</summary>
    private async Task AppendAsync(IReadOnlyList<CommitCommand> commands, ImmutableArray<CommitResult>.Builder results)
    {
        _known.Clear();
        _new.Clear();
        var appends = new List<CommitCommand.Append>();
        for (var i = results.Count; i < commands.Count && commands[i] is CommitCommand.Append append; i++)
        {
            CommandRules.Check(append);
            appends.Add(append);
        }

        await LoadAccountsAsync(appends).ConfigureAwait(false);
        var rows = new AccountRow[appends.Count];
        var hashes = new List<long>();
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = _accounts.Find(appends[i].AccountId)!;
            HashIds(rows[i].Number, appends[i].Messages, hashes);
        }

        await FindIdsAsync(hashes).ConfigureAwait(false);
        var hash = 0;
        for (var i = 0; i < rows.Length; i++)
            results.Add(Number(rows[i], appends[i], CollectionsMarshal.AsSpan(hashes), ref hash));
        await CopyAsync().ConfigureAwait(false);
    }

    /// <summary>Gives the new messages their sequences.</summary>
    private CommitResult.Appended Number(AccountRow row, CommitCommand.Append append, ReadOnlySpan<long> hashes, ref int hash)
    {
        var receivedAt = Timestamps.ToMicroseconds(append.ReceivedAt);
        var (first, last, written) = (long.MaxValue, 0L, 0);
        foreach (var message in append.Messages)
        {
            ref var sequence = ref CollectionsMarshal.GetValueRefOrAddDefault(_known, (row.Number, message.Id.Value), out var repeated);
            if (!repeated)
            {
                sequence = ++row.Last;
                written++;
                _new.Add((row, sequence, receivedAt, hashes[hash], message));
            }

            hash++;
            first = Math.Min(first, sequence);
            last = Math.Max(last, sequence);
        }

        if (written > 0)
        {
            row.OldestAt ??= receivedAt;
            _accounts.MarkChanged(row, AccountChange.All);
        }

        return new CommitResult.Appended(first, last, written, append.Messages.Length - written, row.Last);
    }

    private static void HashIds(long account, ImmutableArray<Message> messages, List<long> hashes)
    {
        Span<byte> buffer = stackalloc byte[TextRule.MaxBytes];
        foreach (var message in messages)
        {
            var id = message.Id.Value;
            hashes.Add(MessageIdHash.Of(account, Encoding.UTF8.TryGetBytes(id, buffer, out var length) ? buffer[..length] : Encoding.UTF8.GetBytes(id)));
        }
    }

    /// <summary>Sees to it that the accounts' rows are in the cache; those that are new to the database are created.</summary>
    private async Task LoadAccountsAsync(List<CommitCommand.Append> appends)
    {
        var missing = appends.Select(append => append.AccountId).Distinct().Where(account => _accounts.Find(account) is null).Select(account => account.Value).ToHashSet();
        if (missing.Count == 0)
            return;
        await ReadAccountsAsync(Command("SELECT number, name, first, last, oldest_at FROM actornode.account WHERE name = ANY ($1)", (object)missing.ToArray()), missing).ConfigureAwait(false);
        if (missing.Count > 0)
        {
            await ReadAccountsAsync(
                Command("INSERT INTO actornode.account (name, first, last) SELECT unnest($1), 1, 0 RETURNING number, name, first, last, oldest_at", (object)missing.ToArray()),
                missing).ConfigureAwait(false);
        }
    }

    private async Task ReadAccountsAsync(NpgsqlCommand command, HashSet<string> missing)
    {
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync().ConfigureAwait(false))
                {
                    var row = _accounts.Add(new AccountRow(new AccountId(reader.GetString(1)), reader.GetInt64(0))
                    {
                        First = reader.GetInt64(2),
                        Last = reader.GetInt64(3),
                        OldestAt = reader.IsDBNull(4) ? null : reader.GetInt64(4),
                    });
                    missing.Remove(row.Account.Value);
                }
            }
        }
    }

    /// <summary>Learns which ids the database has. A message of another id with the same hash is learned too, which does no harm.</summary>
    private async Task FindIdsAsync(List<long> hashes)
    {
        var command = Command(FindIds, hashes.ToArray());
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync().ConfigureAwait(false))
                    _known[(reader.GetInt64(0), reader.GetString(1))] = reader.GetInt64(2);
            }
        }
    }

    private async Task CopyAsync()
    {
        if (_new.Count == 0)
            return;
        var copy = await connection.BeginBinaryImportAsync(CopyMessages).ConfigureAwait(false);
        await using (copy.ConfigureAwait(false))
        {
            foreach (var (account, sequence, receivedAt, hash, message) in _new)
            {
                await copy.StartRowAsync().ConfigureAwait(false);
                await copy.WriteAsync(account.Number, NpgsqlDbType.Bigint).ConfigureAwait(false);
                await copy.WriteAsync(sequence, NpgsqlDbType.Bigint).ConfigureAwait(false);
                await copy.WriteAsync(receivedAt, NpgsqlDbType.Bigint).ConfigureAwait(false);
                await copy.WriteAsync(hash, NpgsqlDbType.Bigint).ConfigureAwait(false);
                await copy.WriteAsync(message.Id.Value, NpgsqlDbType.Text).ConfigureAwait(false);
                await copy.WriteAsync(message.Body, NpgsqlDbType.Bytea).ConfigureAwait(false);
            }

            await copy.CompleteAsync().ConfigureAwait(false);
        }
    }

    private async Task<CommitResult.Removed> RemoveAsync(CommitCommand.Remove remove)
    {
        CommandRules.Check(remove);
        if (await FindAccountAsync(remove.AccountId).ConfigureAwait(false) is not { } row)
            return new CommitResult.Removed(new MessageRange(1, 0), 0, More: false);
        var upTo = Math.Min(remove.UpTo, row.Last);
        if (upTo < row.First)
            return new CommitResult.Removed(row.Range, 0, More: false);

        // One message beyond the limit is read to learn whether there is more.
        var front = await FrontAsync(row, upTo, remove.Limit + 1L).ConfigureAwait(false);
        var before = remove.Before is { } time ? Timestamps.ToMicroseconds(time) : long.MaxValue;
        var due = front.TakeWhile(receivedAt => receivedAt < before).Count();
        var count = Math.Min(due, remove.Limit);
        if (count > 0)
        {
            var delete = Command("DELETE FROM actornode.message WHERE account = $1 AND sequence BETWEEN $2 AND $3", row.Number, row.First, row.First + count - 1);
            await using (delete.ConfigureAwait(false))
                await delete.ExecuteNonQueryAsync().ConfigureAwait(false);
            row.First += count;
            row.OldestAt = row.First > row.Last ? null
                : count < front.Count ? front[count]
                : (await FrontAsync(row, row.First, 1).ConfigureAwait(false))[0];
            _accounts.MarkChanged(row, AccountChange.All);
        }

        return new CommitResult.Removed(row.Range, count, due > count);
    }

    /// <summary>When the account's first messages, up to a sequence, were received.</summary>
    private async Task<List<long>> FrontAsync(AccountRow row, long upTo, long limit)
    {
        var times = new List<long>();
        var command = Command("SELECT sequence, received_at FROM actornode.message WHERE account = $1 AND sequence BETWEEN $2 AND $3 ORDER BY sequence LIMIT $4", row.Number, row.First, upTo, limit);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync().ConfigureAwait(false))
                {
                    if (reader.GetInt64(0) != row.First + times.Count)
                        throw new MissingMessageException(row.Account, row.First + times.Count, row.Range);
                    times.Add(reader.GetInt64(1));
                }
            }
        }

        return times.Count == Math.Min(limit, upTo - row.First + 1)
            ? times
            : throw new MissingMessageException(row.Account, row.First + times.Count, row.Range);
    }

    private async Task<AccountRow?> FindAccountAsync(AccountId account)
    {
        if (_accounts.Find(account) is { } cached)
            return cached;
        await ReadAccountsAsync(Command("SELECT number, name, first, last, oldest_at FROM actornode.account WHERE name = $1", account.Value), []).ConfigureAwait(false);
        return _accounts.Find(account);
    }

    /// <summary>A row that no index of another account holds, written and removed: it needs space in table, index and log.</summary>
    private async Task ProbeAsync()
    {
        foreach (var sql in new[]
        {
            "INSERT INTO actornode.message (account, sequence, received_at, id_hash, id, body) VALUES (0, 0, 0, 0, '', '')",
            "DELETE FROM actornode.message WHERE account = 0",
        })
        {
            var command = Command(sql);
            await using (command.ConfigureAwait(false))
                await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }

    private async Task WriteBackAsync()
    {
        var changed = _accounts.Changed;
        if (changed.Count == 0)
            return;
        var command = Command(
            UpdateAccounts,
            changed.Select(row => row.Number).ToArray(),
            changed.Select(row => row.First).ToArray(),
            changed.Select(row => row.Last).ToArray(),
            changed.Select(row => row.OldestAt).ToArray());
        await using (command.ConfigureAwait(false))
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    private NpgsqlCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}

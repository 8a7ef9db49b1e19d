using System.Runtime.InteropServices;
using System.Text;
using ActorNode.Protocol.Messages;
using Microsoft.Data.Sqlite;

namespace ActorNode.Storage.Sqlite;

/// <summary>
/// Finds a message by account and id, and tells a repeated id from a new one. The index is by a 64-bit hash; whoever hits an entry asks
/// the message itself, so two ids of the same hash do no harm, nor does an entry whose message is gone.
/// <para>
/// Hashes fall anywhere in the index, so a new entry for itself would write a page of its own. Instead new entries wait in an
/// <see cref="IdBuffer"/>, and from a certain number on each transaction moves about as many as it adds, bucket after bucket, to the
/// index on disk: near each other there, they share pages. A log holds what the buffer holds, one row a transaction, and rebuilds it
/// when the database is opened: it repeats additions and moves in their order.
/// </para>
/// <para>Belongs to the writer and its transactions, except for the buffer, which readers search too.</para>
/// </summary>
internal sealed class SqliteIdIndex : IDisposable
{
    /// <summary>Rows of the log that a transaction removes at most: twice what it adds, so that it keeps up without a pause.</summary>
    private const int LogRowsRemoved = 2;

    private readonly int _bufferedIds;
    private readonly SqliteStatement _find;
    private readonly SqliteStatement _idOf;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _delete;
    private readonly SqliteStatement _appendLog;
    private readonly SqliteStatement _trimLog;

    // Of the transaction under way.
    private readonly Dictionary<(long Account, string Id), long> _newKeys = [];
    private readonly List<IdEntry> _newEntries = [];
    private readonly List<IdEntry> _moving = [];
    private readonly List<long> _candidates = [];
    private Position _next;

    private Position _position = Position.Before(number: 1, bucket: 0);

    public SqliteIdIndex(SqliteConnection connection, int bufferedIds)
    {
        _bufferedIds = bufferedIds;
        _find = new SqliteStatement(connection, SqliteQueries.KeysOfHash);
        _idOf = new SqliteStatement(connection, SqliteQueries.IdOfKey);
        _insert = new SqliteStatement(connection, "INSERT OR IGNORE INTO id_index (hash, key) VALUES (?, ?)");
        _delete = new SqliteStatement(connection, "DELETE FROM id_index WHERE hash = ? AND key = ?");
        _appendLog = new SqliteStatement(connection, "INSERT INTO id_log (number, first_bucket, buckets, entries) VALUES (?, ?, ?, ?)");
        _trimLog = new SqliteStatement(connection, "DELETE FROM id_log WHERE number BETWEEN ? AND ?");
        Load(connection);
    }

    /// <summary>The entries that wait in memory.</summary>
    public IdBuffer Buffer { get; } = new();

    /// <summary>The sequence of the account's message of that id, or null. The hash is of use for <see cref="Add"/>.</summary>
    public long? Find(long account, string id, out long hash)
    {
        Span<byte> utf8 = stackalloc byte[TextRule.MaxBytes];
        utf8 = Encoding.UTF8.TryGetBytes(id, utf8, out var length) ? utf8[..length] : Encoding.UTF8.GetBytes(id);
        hash = MessageIdHash.Of(account, utf8);
        if (_newKeys.TryGetValue((account, id), out var added))
            return MessageKey.Sequence(added);
        _candidates.Clear();
        Buffer.Find(hash, _candidates);
        _find.Bind(1, hash);
        while (_find.Step())
            _candidates.Add(_find.Int64(0));
        foreach (var key in _candidates)
        {
            if (key < 0 || MessageKey.Account(key) != account || !_idOf.Bind(1, key).Step())
                continue;
            var same = _idOf.Bytes(0).SequenceEqual(utf8);
            _idOf.Reset();
            if (same)
                return MessageKey.Sequence(key);
        }

        return null;
    }

    /// <summary>The transaction wrote a message.</summary>
    public void Add(long account, string id, long hash, long key)
    {
        _newKeys.Add((account, id), key);
        _newEntries.Add(new IdEntry(hash, key));
    }

    /// <summary>The transaction removed a message.</summary>
    public void Remove(long account, string id, long key)
    {
        _newKeys.Remove((account, id));
        _newEntries.Add(new IdEntry(MessageIdHash.Of(account, Encoding.UTF8.GetBytes(id)), -key));
    }

    /// <summary>Puts what the transaction did into the log, and older entries into the index in return. Before the commit.</summary>
    public void Write()
    {
        _next = _position;
        if (_newEntries.Count == 0)
            return;
        var firstBucket = _next.Bucket;
        var buckets = Move();
        _next = _next.After(buckets);
        _appendLog.Bind(1, _next.Number).Bind(2, firstBucket).Bind(3, buckets).Bind(4, MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_newEntries))).Run();
        if (_next.Oldest <= _next.Moved)
        {
            var upTo = Math.Min(_next.Moved, _next.Oldest + LogRowsRemoved - 1);
            _trimLog.Bind(1, _next.Oldest).Bind(2, upTo).Run();
            _next = _next with { Oldest = upTo + 1 };
        }
    }

    /// <summary>The transaction is durable.</summary>
    public void Committed()
    {
        for (var bucket = _position.Bucket; bucket != _next.Bucket; bucket = (bucket + 1) % IdBuffer.Buckets)
            Buffer.Clear(bucket);
        foreach (var entry in _newEntries)
            Buffer.Add(entry);
        _position = _next;
        Forget();
    }

    /// <summary>Nothing of the transaction is stored.</summary>
    public void RolledBack() => Forget();

    public void Dispose()
    {
        foreach (var statement in new[] { _find, _idOf, _insert, _delete, _appendLog, _trimLog })
            statement.Dispose();
    }

    private void Forget()
    {
        _newKeys.Clear();
        _newEntries.Clear();
    }

    /// <summary>Moves whole buckets until as many entries moved as the transaction adds; returns how many buckets. Less than all.</summary>
    private int Move()
    {
        var buckets = 0;
        var moved = 0;
        while (Buffer.Count - moved + _newEntries.Count > _bufferedIds && moved < _newEntries.Count && buckets < IdBuffer.Buckets - 1)
        {
            _moving.Clear();
            Buffer.CopyTo((_next.Bucket + buckets) % IdBuffer.Buckets, _moving);
            moved += _moving.Count;
            buckets++;
            // In the order of the index; an addition stands right before the removal of the same entry, if there is one.
            _moving.Sort(static (left, right) =>
                left.Hash != right.Hash ? left.Hash.CompareTo(right.Hash)
                : Math.Abs(left.Key) != Math.Abs(right.Key) ? Math.Abs(left.Key).CompareTo(Math.Abs(right.Key))
                : right.Key.CompareTo(left.Key));
            for (var i = 0; i < _moving.Count; i++)
            {
                var entry = _moving[i];
                if (i + 1 < _moving.Count && _moving[i + 1] == entry with { Key = -entry.Key })
                    i++;
                else if (entry.Key > 0)
                    _insert.Bind(1, entry.Hash).Bind(2, entry.Key).Run();
                else
                    _delete.Bind(1, entry.Hash).Bind(2, -entry.Key).Run();
            }
        }

        return buckets;
    }

    private void Load(SqliteConnection connection)
    {
        using var log = new SqliteStatement(connection, "SELECT number, first_bucket, buckets, entries FROM id_log ORDER BY number");
        var first = true;
        while (log.Step())
        {
            var bucket = (int)log.Int64(1);
            var buckets = (int)log.Int64(2);
            if (first)
                _position = Position.Before(log.Int64(0), bucket);
            first = false;
            for (var i = 0; i < buckets; i++)
                Buffer.Clear((bucket + i) % IdBuffer.Buckets);
            foreach (var entry in MemoryMarshal.Cast<byte, IdEntry>(log.Bytes(3)))
                Buffer.Add(entry);
            _position = _position.After(buckets);
        }
    }

    /// <summary>Where log and moves stand.</summary>
    /// <param name="Number">The newest row of the log.</param>
    /// <param name="Bucket">The bucket that moves next.</param>
    /// <param name="RoundStart">The row with which the round of moves under way began.</param>
    /// <param name="Moved">Every entry of the rows up to here is in the index.</param>
    /// <param name="Oldest">The oldest row that the log still has.</param>
    private readonly record struct Position(long Number, int Bucket, long RoundStart, long Moved, long Oldest)
    {
        /// <summary>Before the oldest row that there is. When its round began is not known, so this round sets nothing free.</summary>
        public static Position Before(long number, int bucket) => new(number - 1, bucket, number, number - 1, number);

        /// <summary>After the next row, with which so many buckets moved.</summary>
        public Position After(int buckets)
        {
            var number = Number + 1;
            var bucket = Bucket + buckets;
            // A round that ends has moved all entries of the rows before the one with which it began.
            return bucket < IdBuffer.Buckets
                ? this with { Number = number, Bucket = bucket }
                : this with { Number = number, Bucket = bucket - IdBuffer.Buckets, Moved = RoundStart - 1, RoundStart = number };
        }
    }
}

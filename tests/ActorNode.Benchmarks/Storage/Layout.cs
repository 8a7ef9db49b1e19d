using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using ActorNode.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace ActorNode.Benchmarks.Storage;

/// <summary>One way to lay the messages out. Each checks for duplicates by id and numbers the messages of an account from 1.</summary>
internal abstract class Layout : IDisposable
{
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _setLast;
    private readonly Dictionary<int, long> _last = [];
    private readonly HashSet<int> _touched = [];

    protected Layout(SqliteConnection connection, LayoutSetup setup, string schema)
    {
        Connection = connection;
        Execute($"PRAGMA page_size={setup.PageSize}");
        Execute("PRAGMA journal_mode=WAL");
        Execute("PRAGMA synchronous=FULL");
        Execute($"PRAGMA cache_size=-{setup.CacheMiB * 1024}");
        Execute($"PRAGMA wal_autocheckpoint={(setup.CheckpointMiB << 20) / setup.PageSize}");
        foreach (var statement in $"{schema};CREATE TABLE account(number INTEGER PRIMARY KEY, last INTEGER NOT NULL)".Split(';'))
            Execute(statement);
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _setLast = Prepare("INSERT INTO account VALUES(?,?) ON CONFLICT DO UPDATE SET last=excluded.last");
    }

    private SqliteConnection Connection { get; }

    public static Layout Create(string name, SqliteConnection connection, LayoutSetup setup) => name switch
    {
        "text" => new TextClustered(connection, setup),
        "integer" => new IntegerClustered(connection, setup),
        "heap" => new Heap(connection, setup),
        "noids" => new NoIds(connection, setup),
        "hash" => new HashIndex(connection, setup),
        "hot" => new HotTable(connection, setup),
        "buffer" => new Buffered(connection, setup),
        _ => throw new ArgumentException($"There is no layout {name}.", nameof(name)),
    };

    /// <summary>Writes the messages in one transaction.</summary>
    public void Write(LayoutMessage[] messages)
    {
        _begin.Run();
        foreach (var message in messages)
        {
            var sequence = Last(message.Account) + 1;
            if (!Insert(message, sequence))
                throw new InvalidOperationException("A random id came twice.");
            _last[message.Account] = sequence;
            _touched.Add(message.Account);
        }

        Finish();
        foreach (var account in _touched)
            _setLast.Bind(1, account).Bind(2, Last(account)).Run();
        _touched.Clear();
        _commit.Run();
    }

    public long Last(int account) => _last.GetValueOrDefault(account);

    /// <summary>Reads the bodies of a page and returns how many there were.</summary>
    public abstract int Page(int account, long after, int limit);

    public virtual void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _setLast.Dispose();
    }

    protected abstract bool Insert(in LayoutMessage message, long sequence);

    protected virtual void Finish()
    {
    }

    protected SqliteStatement Prepare(string sql) => new(Connection, sql);

    protected static int Read(SqliteStatement page, int column)
    {
        var rows = 0;
        while (page.Step())
        {
            _ = page.Bytes(column).ToArray();
            rows++;
        }

        return rows;
    }

    protected static long Hash(int account, string id)
    {
        Span<byte> input = stackalloc byte[8 + 256];
        BitConverter.TryWriteBytes(input, (long)account);
        var length = 8 + Encoding.UTF8.GetBytes(id, input[8..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..length], hash);
        return MemoryMarshal.Read<long>(hash);
    }

    protected static string Name(int account) => $"0:{account:x32}";

    private void Execute(string sql)
    {
        using var statement = Prepare(sql);
        statement.Run();
    }

    /// <summary>Clustered by the account's name and sequence, with a unique index on name and id.</summary>
    private sealed class TextClustered : Layout
    {
        private readonly SqliteStatement _insert;
        private readonly SqliteStatement _page;

        public TextClustered(SqliteConnection connection, LayoutSetup setup)
            : base(connection, setup, "CREATE TABLE message(account TEXT, sequence INTEGER, id TEXT, received_at INTEGER, body BLOB, PRIMARY KEY(account, sequence)) WITHOUT ROWID;"
                + "CREATE UNIQUE INDEX message_id ON message(account, id)")
        {
            _insert = Prepare("INSERT OR IGNORE INTO message VALUES(?,?,?,1,?) RETURNING 1");
            _page = Prepare("SELECT sequence, id, body FROM message WHERE account=? AND sequence>? ORDER BY sequence LIMIT ?");
        }

        public override int Page(int account, long after, int limit) => Read(_page.Bind(1, Name(account)).Bind(2, after).Bind(3, limit), 2);

        protected override bool Insert(in LayoutMessage message, long sequence)
        {
            var inserted = _insert.Bind(1, Name(message.Account)).Bind(2, sequence).Bind(3, message.Id).Bind(4, message.Body).Step();
            _insert.Reset();
            return inserted;
        }

        public override void Dispose()
        {
            _insert.Dispose();
            _page.Dispose();
            base.Dispose();
        }
    }

    /// <summary>The same with a number for the account.</summary>
    private sealed class IntegerClustered : Layout
    {
        private readonly SqliteStatement _insert;
        private readonly SqliteStatement _page;

        public IntegerClustered(SqliteConnection connection, LayoutSetup setup)
            : base(connection, setup, "CREATE TABLE message(account INTEGER, sequence INTEGER, id TEXT, received_at INTEGER, body BLOB, PRIMARY KEY(account, sequence)) WITHOUT ROWID;"
                + "CREATE UNIQUE INDEX message_id ON message(account, id)")
        {
            _insert = Prepare("INSERT OR IGNORE INTO message VALUES(?,?,?,1,?) RETURNING 1");
            _page = Prepare("SELECT sequence, id, body FROM message WHERE account=? AND sequence>? ORDER BY sequence LIMIT ?");
        }

        public override int Page(int account, long after, int limit) => Read(_page.Bind(1, account).Bind(2, after).Bind(3, limit), 2);

        protected override bool Insert(in LayoutMessage message, long sequence)
        {
            var inserted = _insert.Bind(1, message.Account).Bind(2, sequence).Bind(3, message.Id).Bind(4, message.Body).Step();
            _insert.Reset();
            return inserted;
        }

        public override void Dispose()
        {
            _insert.Dispose();
            _page.Dispose();
            base.Dispose();
        }
    }

    /// <summary>In order of arrival, with unique indices on account and sequence and on account and id.</summary>
    private sealed class Heap : Layout
    {
        private readonly SqliteStatement _insert;
        private readonly SqliteStatement _page;

        public Heap(SqliteConnection connection, LayoutSetup setup)
            : base(connection, setup, "CREATE TABLE message(number INTEGER PRIMARY KEY, account INTEGER, sequence INTEGER, id TEXT, received_at INTEGER, body BLOB);"
                + "CREATE UNIQUE INDEX message_id ON message(account, id);CREATE UNIQUE INDEX message_sequence ON message(account, sequence)")
        {
            _insert = Prepare("INSERT OR IGNORE INTO message(account, sequence, id, received_at, body) VALUES(?,?,?,1,?) RETURNING 1");
            _page = Prepare("SELECT sequence, id, body FROM message WHERE account=? AND sequence>? ORDER BY sequence LIMIT ?");
        }

        public override int Page(int account, long after, int limit) => Read(_page.Bind(1, account).Bind(2, after).Bind(3, limit), 2);

        protected override bool Insert(in LayoutMessage message, long sequence)
        {
            var inserted = _insert.Bind(1, message.Account).Bind(2, sequence).Bind(3, message.Id).Bind(4, message.Body).Step();
            _insert.Reset();
            return inserted;
        }

        public override void Dispose()
        {
            _insert.Dispose();
            _page.Dispose();
            base.Dispose();
        }
    }

    /// <summary>Clustered by a row id of account number and sequence; no check for duplicates: what the others pay for it.</summary>
    private class NoIds : Layout
    {
        private const int SequenceBits = 38;

        private readonly SqliteStatement _insert;
        private readonly SqliteStatement _page;

        public NoIds(SqliteConnection connection, LayoutSetup setup, string schema = "")
            : base(connection, setup, "CREATE TABLE message(key INTEGER PRIMARY KEY, received_at INTEGER NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL)" + (schema.Length == 0 ? "" : ";" + schema))
        {
            _insert = Prepare("INSERT INTO message VALUES(?,1,?,?)");
            _page = Prepare("SELECT key, id, body FROM message WHERE key>? AND key<? ORDER BY key LIMIT ?");
        }

        protected static long Key(int account, long sequence) => ((long)account << SequenceBits) | sequence;

        public override int Page(int account, long after, int limit) =>
            Read(_page.Bind(1, Key(account, after)).Bind(2, Key(account + 1, 0)).Bind(3, limit), 2);

        protected override bool Insert(in LayoutMessage message, long sequence)
        {
            _insert.Bind(1, Key(message.Account, sequence)).Bind(2, message.Id).Bind(3, message.Body).Run();
            return true;
        }

        public override void Dispose()
        {
            _insert.Dispose();
            _page.Dispose();
            base.Dispose();
        }
    }

    /// <summary>Clustered by the row id; ids in an index by a 64-bit hash, each entry written there at once, in order of the hashes.</summary>
    private sealed class HashIndex : NoIds
    {
        private readonly SqliteStatement _find;
        private readonly SqliteStatement _index;
        private readonly List<IdEntry> _new = [];

        public HashIndex(SqliteConnection connection, LayoutSetup setup)
            : base(connection, setup, "CREATE TABLE id_index(hash INTEGER, key INTEGER, PRIMARY KEY(hash, key)) WITHOUT ROWID")
        {
            _find = Prepare("SELECT key FROM id_index WHERE hash=?");
            _index = Prepare("INSERT INTO id_index VALUES(?,?)");
        }

        protected override bool Insert(in LayoutMessage message, long sequence)
        {
            var hash = Hash(message.Account, message.Id);
            if (_find.Bind(1, hash).Step())
                return false;
            _new.Add(new IdEntry(hash, Key(message.Account, sequence)));
            return base.Insert(message, sequence);
        }

        protected override void Finish()
        {
            _new.Sort(static (left, right) => left.Hash.CompareTo(right.Hash));
            foreach (var entry in _new)
                _index.Bind(1, entry.Hash).Bind(2, entry.Key).Run();
            _new.Clear();
        }

        public override void Dispose()
        {
            _find.Dispose();
            _index.Dispose();
            base.Dispose();
        }
    }

    /// <summary>As before, but new entries go to a small table first, and every transaction moves one slice of it to the index.</summary>
    private sealed class HotTable : NoIds
    {
        private const int HotEntries = 50_000;

        private readonly SqliteStatement _find;
        private readonly SqliteStatement _findHot;
        private readonly SqliteStatement _index;
        private readonly SqliteStatement _add;
        private readonly SqliteStatement _slice;
        private readonly SqliteStatement _drop;
        private readonly List<IdEntry> _new = [];
        private readonly List<IdEntry> _moving = [];
        private long _cursor = long.MinValue;
        private int _hot;

        public HotTable(SqliteConnection connection, LayoutSetup setup)
            : base(connection, setup, "CREATE TABLE id_index(hash INTEGER, key INTEGER, PRIMARY KEY(hash, key)) WITHOUT ROWID;"
                + "CREATE TABLE id_hot(hash INTEGER, key INTEGER, PRIMARY KEY(hash, key)) WITHOUT ROWID")
        {
            _find = Prepare("SELECT key FROM id_index WHERE hash=?");
            _findHot = Prepare("SELECT key FROM id_hot WHERE hash=?");
            _index = Prepare("INSERT INTO id_index VALUES(?,?)");
            _add = Prepare("INSERT INTO id_hot VALUES(?,?)");
            _slice = Prepare("SELECT hash, key FROM id_hot WHERE hash>? ORDER BY hash LIMIT ?");
            _drop = Prepare("DELETE FROM id_hot WHERE hash>? AND hash<=?");
        }

        protected override bool Insert(in LayoutMessage message, long sequence)
        {
            var hash = Hash(message.Account, message.Id);
            if (_findHot.Bind(1, hash).Step() || _find.Bind(1, hash).Step())
                return false;
            _new.Add(new IdEntry(hash, Key(message.Account, sequence)));
            return base.Insert(message, sequence);
        }

        protected override void Finish()
        {
            _new.Sort(static (left, right) => left.Hash.CompareTo(right.Hash));
            foreach (var entry in _new)
                _add.Bind(1, entry.Hash).Bind(2, entry.Key).Run();
            _hot += _new.Count;
            if (_hot > HotEntries)
            {
                _slice.Bind(1, _cursor).Bind(2, _new.Count);
                while (_slice.Step())
                    _moving.Add(new IdEntry(_slice.Int64(0), _slice.Int64(1)));
                foreach (var entry in _moving)
                    _index.Bind(1, entry.Hash).Bind(2, entry.Key).Run();
                if (_moving.Count > 0)
                    _drop.Bind(1, _cursor).Bind(2, _moving[^1].Hash).Run();
                _cursor = _moving.Count < _new.Count ? long.MinValue : _moving[^1].Hash;
                _hot -= _moving.Count;
                _moving.Clear();
            }

            _new.Clear();
        }

        public override void Dispose()
        {
            foreach (var statement in new[] { _find, _findHot, _index, _add, _slice, _drop })
                statement.Dispose();
            base.Dispose();
        }
    }

    /// <summary>
    /// As before, but new entries wait in memory, with a log of them in the database that a restart reads: one row a transaction.
    /// </summary>
    private sealed class Buffered : NoIds
    {
        private const int BufferEntries = 256 * 1024;

        private readonly SqliteStatement _find;
        private readonly SqliteStatement _index;
        private readonly SqliteStatement _log;
        private readonly List<IdEntry> _new = [];
        private readonly List<IdEntry> _moving = [];
        private readonly List<long> _candidates = [];
        private readonly IdBuffer _buffer = new();
        private int _bucket;

        public Buffered(SqliteConnection connection, LayoutSetup setup)
            : base(connection, setup, "CREATE TABLE id_index(hash INTEGER, key INTEGER, PRIMARY KEY(hash, key)) WITHOUT ROWID;"
                + "CREATE TABLE id_log(number INTEGER PRIMARY KEY, bucket INTEGER, entries BLOB)")
        {
            _find = Prepare("SELECT key FROM id_index WHERE hash=?");
            _index = Prepare("INSERT INTO id_index VALUES(?,?)");
            _log = Prepare("INSERT INTO id_log(bucket, entries) VALUES(?,?)");
        }

        protected override bool Insert(in LayoutMessage message, long sequence)
        {
            var hash = Hash(message.Account, message.Id);
            _buffer.Find(hash, _candidates);
            if (_candidates.Count > 0 || _find.Bind(1, hash).Step())
                return false;
            _new.Add(new IdEntry(hash, Key(message.Account, sequence)));
            return base.Insert(message, sequence);
        }

        protected override void Finish()
        {
            while (_buffer.Count + _new.Count - _moving.Count > BufferEntries && _moving.Count < _new.Count)
            {
                var start = _moving.Count;
                _buffer.CopyTo(_bucket, _moving);
                _buffer.Clear(_bucket);
                CollectionsMarshal.AsSpan(_moving)[start..].Sort(static (left, right) => left.Hash.CompareTo(right.Hash));
                _bucket = (_bucket + 1) % IdBuffer.Buckets;
            }

            foreach (var entry in _moving)
                _index.Bind(1, entry.Hash).Bind(2, entry.Key).Run();
            _moving.Clear();
            _log.Bind(1, _bucket).Bind(2, MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_new))).Run();
            foreach (var entry in _new)
                _buffer.Add(entry);
            _new.Clear();
        }

        public override void Dispose()
        {
            foreach (var statement in new[] { _find, _index, _log })
                statement.Dispose();
            base.Dispose();
        }
    }
}

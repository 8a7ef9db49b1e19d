using ActorNode.Upkeep;
using Microsoft.Data.Sqlite;

namespace ActorNode.Storage.Sqlite;

/// <summary>Upkeep's part of the writer: statements within its transactions. Keeps nothing in memory, so a rollback is no concern of it.</summary>
internal sealed class SqliteUpkeepWriter : IDisposable
{
    private readonly SqliteStatement _stage;
    private readonly SqliteStatement _find;
    private readonly SqliteStatement _put;
    private readonly SqliteStatement _remove;
    private readonly SqliteStatement _high;
    private readonly SqliteStatement _drop;
    private readonly SqliteStatement _used;

    public SqliteUpkeepWriter(SqliteConnection connection)
    {
        _stage = new SqliteStatement(connection, "INSERT OR REPLACE INTO upkeep_part (key, bytes) VALUES (?, ?)");
        _find = new SqliteStatement(connection, "SELECT value FROM upkeep_value WHERE primary_namespace = ? AND secondary_namespace = ? AND name = ?");
        _put = new SqliteStatement(connection,
            "INSERT OR REPLACE INTO upkeep_value (primary_namespace, secondary_namespace, name, sequence, session, base, value, length) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        _remove = new SqliteStatement(connection, "DELETE FROM upkeep_value WHERE primary_namespace = ? AND secondary_namespace = ? AND name = ?");
        _high = new SqliteStatement(connection, "UPDATE upkeep_high SET sequence = max(sequence, ?), base = max(base, ?)");
        _drop = new SqliteStatement(connection, "DELETE FROM upkeep_part WHERE key BETWEEN ? AND ?");
        _used = new SqliteStatement(connection, "SELECT 1 FROM upkeep_value WHERE value = ?");
    }

    public CommitResult Execute(CommitCommand.StagePart part)
    {
        CommandRules.Check(part);
        _stage.Bind(1, UpkeepPartKey.Of(part.Value, part.Number)).Bind(2, part.Part.Span).Run();
        return CommitResult.Done.Instance;
    }

    public CommitResult Execute(CommitCommand.PutValue put)
    {
        Retire(put.Key, put.Value);
        Drop(UpkeepPartKey.Of(put.Value, put.Parts), UpkeepPartKey.Last(put.Value));
        OfKey(_put, put.Key).Bind(4, put.Stamp.Sequence).Bind(5, put.Stamp.Session).Bind(6, put.Stamp.Base).Bind(7, put.Value).Bind(8, put.Length).Run();
        Raise(put.Stamp);
        return CommitResult.Done.Instance;
    }

    public CommitResult Execute(CommitCommand.RemoveValue remove)
    {
        Retire(remove.Key, inFavourOf: 0);
        OfKey(_remove, remove.Key).Run();
        Raise(remove.Stamp);
        return CommitResult.Done.Instance;
    }

    public CommitResult Execute(CommitCommand.DropParts drop)
    {
        var used = _used.Bind(1, drop.Value).Step();
        _used.Reset();
        if (!used)
            Drop(UpkeepPartKey.First(drop.Value), UpkeepPartKey.Last(drop.Value));
        return CommitResult.Done.Instance;
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _stage, _find, _put, _remove, _high, _drop, _used })
            statement.Dispose();
    }

    /// <summary>Removes the parts of the value that the key has now.</summary>
    private void Retire(UpkeepKey key, long inFavourOf)
    {
        if (!OfKey(_find, key).Step())
            return;
        var value = _find.Int64(0);
        _find.Reset();
        if (value != inFavourOf)
            Drop(UpkeepPartKey.First(value), UpkeepPartKey.Last(value));
    }

    private void Drop(long first, long last) => _drop.Bind(1, first).Bind(2, last).Run();

    private void Raise(UpkeepStamp stamp) => _high.Bind(1, stamp.Sequence).Bind(2, stamp.Base).Run();

    private static SqliteStatement OfKey(SqliteStatement statement, UpkeepKey key) =>
        statement.Bind(1, key.PrimaryNamespace).Bind(2, key.SecondaryNamespace).Bind(3, key.Key);
}

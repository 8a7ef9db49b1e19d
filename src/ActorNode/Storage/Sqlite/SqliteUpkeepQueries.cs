using System.Collections.Immutable;
using ActorNode.Upkeep;
using Microsoft.Data.Sqlite;

namespace ActorNode.Storage.Sqlite;

/// <summary>Reads of upkeep's values on one connection. One caller at a time. Each call is one read transaction.</summary>
internal sealed class SqliteUpkeepQueries : IDisposable
{
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _end;
    private readonly SqliteStatement _find;
    private readonly SqliteStatement _parts;
    private readonly SqliteStatement _all;
    private readonly SqliteStatement _high;
    private readonly SqliteStatement _orphans;
    private readonly SqliteStatement _highPart;

    public SqliteUpkeepQueries(SqliteConnection connection)
    {
        _begin = new SqliteStatement(connection, "BEGIN");
        _end = new SqliteStatement(connection, "COMMIT");
        _find = new SqliteStatement(connection,
            "SELECT sequence, session, base, value, length FROM upkeep_value WHERE primary_namespace = ? AND secondary_namespace = ? AND name = ?");
        _parts = new SqliteStatement(connection, "SELECT bytes FROM upkeep_part WHERE key BETWEEN ? AND ? ORDER BY key");
        _all = new SqliteStatement(connection, "SELECT primary_namespace, secondary_namespace, name, sequence, session, base FROM upkeep_value");
        _high = new SqliteStatement(connection, "SELECT sequence, base FROM upkeep_high");
        _orphans = new SqliteStatement(connection,
            $"SELECT DISTINCT key / {CommitCommand.StagePart.MaxParts} FROM upkeep_part WHERE key / {CommitCommand.StagePart.MaxParts} NOT IN (SELECT value FROM upkeep_value)");
        _highPart = new SqliteStatement(connection, $"SELECT max(coalesce((SELECT max(key) / {CommitCommand.StagePart.MaxParts} FROM upkeep_part), 0), coalesce((SELECT max(value) FROM upkeep_value), 0))");
    }

    public UpkeepValue? Read(UpkeepKey key, long limit)
    {
        _begin.Run();
        try
        {
            if (!_find.Bind(1, key.PrimaryNamespace).Bind(2, key.SecondaryNamespace).Bind(3, key.Key).Step())
                return null;
            var stamp = new UpkeepStamp(_find.Int64(0), _find.Int64(1), _find.Int64(2));
            var (value, length) = (_find.Int64(3), _find.Int64(4));
            _find.Reset();
            UpkeepValueTooLargeException.Check(key, length, limit);
            var bytes = GC.AllocateUninitializedArray<byte>((int)length);
            var at = 0;
            _parts.Bind(1, UpkeepPartKey.First(value)).Bind(2, UpkeepPartKey.Last(value));
            while (_parts.Step())
            {
                var part = _parts.Bytes(0);
                if (part.Length > bytes.Length - at)
                {
                    _parts.Reset();
                    throw Damaged(key);
                }

                part.CopyTo(bytes.AsSpan(at));
                at += part.Length;
            }

            return at == bytes.Length ? new UpkeepValue(stamp, bytes) : throw Damaged(key);
        }
        finally
        {
            _end.Run();
        }
    }

    public UpkeepContents Contents()
    {
        _begin.Run();
        try
        {
            var values = ImmutableDictionary.CreateBuilder<UpkeepKey, UpkeepStamp>();
            while (_all.Step())
                values.Add(new UpkeepKey(_all.Text(0), _all.Text(1), _all.Text(2)), new UpkeepStamp(_all.Int64(3), _all.Int64(4), _all.Int64(5)));
            var orphans = ImmutableArray.CreateBuilder<long>();
            while (_orphans.Step())
                orphans.Add(_orphans.Int64(0));
            return new UpkeepContents
            {
                Values = values.ToImmutable(),
                HighSequence = One(_high, 0),
                HighBase = One(_high, 1),
                HighValue = One(_highPart, 0),
                Orphans = orphans.ToImmutable(),
            };
        }
        finally
        {
            _end.Run();
        }
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _begin, _end, _find, _parts, _all, _high, _orphans, _highPart })
            statement.Dispose();
    }

    private static long One(SqliteStatement statement, int column)
    {
        statement.Step();
        var value = statement.Int64(column);
        statement.Reset();
        return value;
    }

    private static StoreUnavailableException Damaged(UpkeepKey key) =>
        new($"the parts of upkeep's key '{key}' do not make up its value; check the disk and restore a backup");
}

/// <summary>Where the parts of a value lie.</summary>
internal static class UpkeepPartKey
{
    public static long Of(long value, int number) => value * CommitCommand.StagePart.MaxParts + number;

    public static long First(long value) => Of(value, 0);

    public static long Last(long value) => Of(value, CommitCommand.StagePart.MaxParts - 1);
}

using Microsoft.Data.Sqlite;

namespace ActorNode.Storage.Sqlite;

/// <summary>
/// Keeps the counts along the lists of runs. Of each list the stretch that was counted last waits in memory until the transaction ends or
/// another one is counted: runs come and go side by side. A stretch that grew too long is divided; one that became empty goes.
/// </summary>
internal sealed class SqliteRunStretches : IDisposable
{
    private readonly Dictionary<long, Stretch> _current = [];
    private readonly SqliteStatement _find;
    private readonly SqliteStatement _next;
    private readonly SqliteStatement _add;
    private readonly SqliteStatement _update;
    private readonly SqliteStatement _remove;
    private readonly SqliteStatement _placesOfAll;
    private readonly SqliteStatement _placesOfJob;

    public SqliteRunStretches(SqliteConnection connection)
    {
        _find = new SqliteStatement(connection, "SELECT created_at, id, runs, listed FROM run_stretch WHERE list = ? AND (created_at, id) <= (?, ?) ORDER BY created_at DESC, id DESC LIMIT 1");
        _next = new SqliteStatement(connection, "SELECT created_at, id FROM run_stretch WHERE list = ? AND (created_at, id) > (?, ?) ORDER BY created_at, id LIMIT 1");
        _add = new SqliteStatement(connection, "INSERT INTO run_stretch (list, created_at, id, runs, listed) VALUES (?, ?, ?, ?, ?)");
        _update = new SqliteStatement(connection, "UPDATE run_stretch SET runs = ?, listed = ? WHERE list = ? AND created_at = ? AND id = ?");
        _remove = new SqliteStatement(connection, "DELETE FROM run_stretch WHERE list = ? AND created_at = ? AND id = ?");
        _placesOfAll = new SqliteStatement(connection,
            "SELECT run.created_at, run.id, job.archived_at IS NULL FROM run INDEXED BY run_place CROSS JOIN job ON job.number = run.job "
            + "WHERE (run.created_at, run.id) >= (?, ?) AND (run.created_at, run.id) < (?, ?) ORDER BY run.created_at, run.id");
        _placesOfJob = new SqliteStatement(connection,
            "SELECT created_at, id, 1 FROM run INDEXED BY run_place_in_job WHERE (created_at, id) >= (?, ?) AND (created_at, id) < (?, ?) AND job = ? ORDER BY created_at, id");
    }

    /// <summary>A list that begins: one stretch, which every place belongs to.</summary>
    public void Begin(long list) => Add(list, RunPlace.Start, 0, 0);

    /// <summary>Counts a run that came to, left, or changed in a list. It is, or is not any more, in the table.</summary>
    public void Count(long list, RunPlace place, int runs, int listed)
    {
        if (!_current.TryGetValue(list, out var stretch) || place < stretch.First || place >= stretch.Next)
        {
            if (stretch is not null)
                WriteBack(stretch);
            _current[list] = stretch = Find(list, place);
        }

        stretch.Runs += runs;
        stretch.Listed += listed;
    }

    /// <summary>Writes what waits, before the transaction ends or the table is used otherwise.</summary>
    public void Write()
    {
        foreach (var stretch in _current.Values)
            WriteBack(stretch);
        _current.Clear();
    }

    /// <summary>Forgets what waits: the transaction came to nothing.</summary>
    public void RolledBack() => _current.Clear();

    public void Dispose()
    {
        foreach (var statement in new[] { _find, _next, _add, _update, _remove, _placesOfAll, _placesOfJob })
            statement.Dispose();
    }

    private Stretch Find(long list, RunPlace place)
    {
        if (!_find.Bind(1, list).Bind(2, place).Step())
            throw new InvalidOperationException($"The list {list} of runs has no counts; restore a backup.");
        var first = _find.Place(0);
        var stretch = new Stretch(list, first) { Runs = _find.Int64(2), Listed = _find.Int64(3) };
        _find.Reset();
        if (_next.Bind(1, list).Bind(2, first).Step())
        {
            stretch.Next = _next.Place(0);
            _next.Reset();
        }

        return stretch;
    }

    private void WriteBack(Stretch stretch)
    {
        if (stretch.Runs > RunStretch.Most)
            Divide(stretch);
        else if (stretch.Runs == 0 && stretch.First != RunPlace.Start)
            _remove.Bind(1, stretch.List).Bind(2, stretch.First).Run();
        else
            Update(stretch.List, stretch.First, stretch.Runs, stretch.Listed);
    }

    private void Divide(Stretch stretch)
    {
        var (first, runs, listed, divided) = (stretch.First, 0L, 0L, false);
        var places = (stretch.List == RunStretch.AllJobs ? _placesOfAll : _placesOfJob).Bind(1, stretch.First).Bind(3, stretch.Next);
        if (stretch.List != RunStretch.AllJobs)
            places.Bind(5, stretch.List);
        while (places.Step())
        {
            if (runs == RunStretch.Divided)
            {
                Put();
                (first, runs, listed, divided) = (places.Place(0), 0, 0, true);
            }

            runs++;
            listed += places.Int64(2);
        }

        Put();

        void Put()
        {
            if (divided)
                Add(stretch.List, first, runs, listed);
            else
                Update(stretch.List, first, runs, listed);
        }
    }

    private void Add(long list, RunPlace first, long runs, long listed) => _add.Bind(1, list).Bind(2, first).Bind(4, runs).Bind(5, listed).Run();

    private void Update(long list, RunPlace first, long runs, long listed) => _update.Bind(1, runs).Bind(2, listed).Bind(3, list).Bind(4, first).Run();

    private sealed class Stretch(long list, RunPlace first)
    {
        public long List { get; } = list;

        public RunPlace First { get; } = first;

        public RunPlace Next { get; set; } = RunPlace.End;

        public long Runs { get; set; }

        public long Listed { get; set; }
    }
}

/// <summary>How places and ids are bound and read: as two parameters or columns, and as one.</summary>
internal static class SqliteIds
{
    public static SqliteStatement Bind(this SqliteStatement statement, int parameter, RunPlace place) =>
        statement.Bind(parameter, place.CreatedAt).Bind(parameter + 1, place.Id);

    public static SqliteStatement Bind(this SqliteStatement statement, int parameter, UInt128 id)
    {
        Span<byte> bytes = stackalloc byte[HexIds.Bytes];
        HexIds.Write(id, bytes);
        return statement.Bind(parameter, bytes);
    }

    public static RunPlace Place(this SqliteStatement statement, int column) => new(statement.Int64(column), HexIds.Read(statement.Bytes(column + 1)));
}

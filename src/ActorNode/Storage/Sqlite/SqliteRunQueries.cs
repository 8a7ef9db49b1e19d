using System.Collections.Immutable;
using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;
using Microsoft.Data.Sqlite;

namespace ActorNode.Storage.Sqlite;

/// <summary>Reads of runs, within read transactions of the caller's.</summary>
internal sealed class SqliteRunQueries : IDisposable
{
    private const string Columns = "run.id, job.id, run.sequence, run.status, run.created_at, run.updated_at, run.finished_at, run.body";
    private const string Key = "run.id, job.id, run.created_at, run.updated_at";

    private readonly SqliteStatement _find;
    private readonly SqliteStatement _findJob;
    private readonly SqliteStatement _stretchesUp;
    private readonly SqliteStatement _stretchesDown;
    private readonly SqliteStatement _ofAll;
    private readonly SqliteStatement _ofJob;
    private readonly SqliteStatement _errors;
    private readonly SqliteStatement _inStatus;
    private readonly SqliteStatement _finishedBefore;
    private readonly SqliteStatement _unfinishedBefore;

    public SqliteRunQueries(SqliteConnection connection)
    {
        _find = new SqliteStatement(connection, $"SELECT {Columns} FROM run JOIN job ON job.number = run.job WHERE run.id = ?");
        _findJob = new SqliteStatement(connection, "SELECT number, archived_at, runs FROM job WHERE id = ?");
        const string Stretches = "SELECT created_at, id, listed FROM run_stretch WHERE list = ? ORDER BY";
        _stretchesUp = new SqliteStatement(connection, $"{Stretches} created_at, id");
        _stretchesDown = new SqliteStatement(connection, $"{Stretches} created_at DESC, id DESC");
        const string Within = "(run.created_at, run.id) >= (?1, ?2) AND (run.created_at, run.id) < (?3, ?4)";
        const string InOrder = "ORDER BY run.created_at, run.id LIMIT ?5 OFFSET ?6";
        // CROSS JOIN: in this order.
        _ofAll = new SqliteStatement(connection,
            $"SELECT {Columns} FROM run INDEXED BY run_place CROSS JOIN job ON job.number = run.job WHERE job.archived_at IS NULL AND {Within} {InOrder}");
        _ofJob = new SqliteStatement(connection,
            $"SELECT {Columns} FROM run INDEXED BY run_place_in_job CROSS JOIN job ON job.number = run.job WHERE {Within} AND run.job = ?7 {InOrder}");
        _errors = new SqliteStatement(connection,
            $"SELECT {Columns} FROM run INDEXED BY run_errored CROSS JOIN job ON job.number = run.job WHERE run.job = (SELECT number FROM job WHERE id = ?) AND run.status = 6 ORDER BY run.created_at DESC, run.id DESC LIMIT ?");
        const string Keys = $"SELECT {Key} FROM run";
        _inStatus = new SqliteStatement(connection,
            $"{Keys} INDEXED BY run_place_in_status CROSS JOIN job ON job.number = run.job WHERE run.status = ? AND (run.created_at, run.id) > (?, ?) ORDER BY run.created_at, run.id LIMIT ?");
        _finishedBefore = new SqliteStatement(connection,
            $"{Keys} INDEXED BY run_finished CROSS JOIN job ON job.number = run.job WHERE run.status = ? AND run.status >= 6 AND run.updated_at < ? ORDER BY run.updated_at, run.id LIMIT ?");
        _unfinishedBefore = new SqliteStatement(connection,
            $"{Keys} INDEXED BY run_place_in_status CROSS JOIN job ON job.number = run.job WHERE run.status = ? AND run.updated_at < ? ORDER BY run.updated_at, run.id LIMIT ?");
    }

    public RunRow? Find(RunId id)
    {
        if (HexIds.TryNumber(id.Value) is not { } number || !_find.Bind(1, number).Step())
            return null;
        var row = Run(_find);
        _find.Reset();
        return row;
    }

    public ListPage<RunRow> PageOfJob(JobId id, PageOf page)
    {
        if (HexIds.TryNumber(id.Value) is not { } number || !_findJob.Bind(1, number).Step())
            return new([], 0);
        var (job, isArchived, runs) = (_findJob.Int64(0), !_findJob.IsNull(1), _findJob.Int64(2));
        _findJob.Reset();
        return isArchived ? new([], 0) : Page(job, _ofJob.Bind(7, job), page, runs);
    }

    public ListPage<RunRow> Page(PageOf page, long count) => Page(RunStretch.AllJobs, _ofAll, page, count);

    public ImmutableArray<RunRow> Errors(JobId job, int limit)
    {
        if (HexIds.TryNumber(job.Value) is not { } number)
            return [];
        var rows = ImmutableArray.CreateBuilder<RunRow>();
        _errors.Bind(1, number).Bind(2, Math.Max(0, limit));
        while (_errors.Step())
            rows.Add(Run(_errors));
        return rows.DrainToImmutable();
    }

    /// <summary>Runs of the statuses after a place, in the order of their places.</summary>
    public ImmutableArray<RunKey> In(ImmutableArray<RunStatus> statuses, RunPlace after, int limit) => Merge(
        statuses,
        limit,
        status => _inStatus.Bind(1, (long)status).Bind(2, after).Bind(4, Math.Max(0, limit)),
        row => new RunPlace(row.Int64(2), HexIds.Read(row.Bytes(0))));

    public ImmutableArray<RunKey> UpdatedBefore(ImmutableArray<RunStatus> statuses, long before, int limit) => Merge(
        statuses,
        limit,
        status => (status.IsFinished() ? _finishedBefore : _unfinishedBefore).Bind(1, (long)status).Bind(2, before).Bind(3, Math.Max(0, limit)),
        row => new RunPlace(row.Int64(3), HexIds.Read(row.Bytes(0))));

    public void Dispose()
    {
        foreach (var statement in new[] { _find, _findJob, _stretchesUp, _stretchesDown, _ofAll, _ofJob, _errors, _inStatus, _finishedBefore, _unfinishedBefore })
            statement.Dispose();
    }

    /// <summary>Each status has its own index range; so the first of each are read, and the first of those are the answer.</summary>
    private static ImmutableArray<RunKey> Merge(
        ImmutableArray<RunStatus> statuses, int limit, Func<RunStatus, SqliteStatement> bind, Func<SqliteStatement, RunPlace> order)
    {
        var found = new List<(RunPlace Order, RunKey Key)>();
        foreach (var status in statuses.Distinct())
        {
            var rows = bind(status);
            while (rows.Step())
            {
                var key = new RunKey(new RunId(HexIds.Text(rows.Bytes(0))), new JobId(HexIds.Text(rows.Bytes(1))), Timestamps.FromMicroseconds(rows.Int64(2)));
                found.Add((order(rows), key));
            }
        }

        found.Sort(static (left, right) => left.Order.CompareTo(right.Order));
        return [.. found.Take(limit).Select(entry => entry.Key)];
    }

    /// <summary>A page of a list that has <paramref name="count"/> runs.</summary>
    private ListPage<RunRow> Page(long list, SqliteStatement runs, PageOf page, long count)
    {
        var slice = ListSlice.Of(page, count);
        if (slice.Length == 0)
            return new([], count);
        var rows = ImmutableArray.CreateBuilder<RunRow>(slice.Length);
        foreach (var (first, next, skip) in StretchesOf(list, slice, count))
        {
            runs.Bind(1, first).Bind(3, next).Bind(5, slice.Length - rows.Count).Bind(6, skip);
            while (runs.Step())
                rows.Add(Run(runs));
        }

        if (page.NewestFirst)
            rows.Reverse();
        return new(rows.DrainToImmutable(), count);
    }

    /// <summary>The stretches that the slice's runs lie in, and how many listed runs of each come before the slice.</summary>
    private List<(RunPlace First, RunPlace Next, long Skip)> StretchesOf(long list, ListSlice slice, long count)
    {
        var found = new List<(RunPlace First, RunPlace Next, long Skip)>();
        if (slice.Start <= count - slice.End)
        {
            var before = 0L;
            (RunPlace First, long Skip)? open = null;
            _stretchesUp.Bind(1, list);
            while (_stretchesUp.Step())
            {
                var first = _stretchesUp.Place(0);
                if (open is { } last)
                    found.Add((last.First, first, last.Skip));
                open = null;
                if (before >= slice.End)
                    break;
                var listed = _stretchesUp.Int64(2);
                if (listed > 0 && before + listed > slice.Start)
                    open = (first, Math.Max(0, slice.Start - before));
                before += listed;
            }

            _stretchesUp.Reset();
            if (open is { } tail)
                found.Add((tail.First, RunPlace.End, tail.Skip));
        }
        else
        {
            var (after, next) = (count, RunPlace.End);
            _stretchesDown.Bind(1, list);
            while (after > slice.Start && _stretchesDown.Step())
            {
                var (first, listed) = (_stretchesDown.Place(0), _stretchesDown.Int64(2));
                after -= listed;
                if (listed > 0 && after < slice.End)
                    found.Add((first, next, Math.Max(0, slice.Start - after)));
                next = first;
            }

            _stretchesDown.Reset();
            found.Reverse();
        }

        return found;
    }

    private static RunRow Run(SqliteStatement row) => new(
        new RunId(HexIds.Text(row.Bytes(0))),
        new JobId(HexIds.Text(row.Bytes(1))),
        row.Int64(2),
        (RunStatus)row.Int64(3),
        Timestamps.FromMicroseconds(row.Int64(4)),
        Timestamps.FromMicroseconds(row.Int64(5)),
        row.IsNull(6) ? null : Timestamps.FromMicroseconds(row.Int64(6)),
        row.Bytes(7).ToArray());
}

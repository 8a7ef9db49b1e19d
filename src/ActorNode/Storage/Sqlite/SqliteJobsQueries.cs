using System.Collections.Immutable;
using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;
using Microsoft.Data.Sqlite;

namespace ActorNode.Storage.Sqlite;

/// <summary>Reads of jobs and runs on one connection. One caller at a time. Each call is one read transaction.</summary>
internal sealed class SqliteJobsQueries : IDisposable
{
    private const string JobColumns = "id, sequence, created_at, archived_at, body";

    private static readonly ImmutableArray<RunStatus> Finished = [RunStatus.Errored, RunStatus.Completed];

    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _end;
    private readonly SqliteStatement _total;
    private readonly SqliteStatement _findJob;
    private readonly SqliteStatement _jobsUp;
    private readonly SqliteStatement _jobsDown;
    private readonly SqliteStatement _jobIds;

    public SqliteJobsQueries(SqliteConnection connection)
    {
        _connection = connection;
        _begin = new SqliteStatement(connection, "BEGIN");
        _end = new SqliteStatement(connection, "COMMIT");
        _total = new SqliteStatement(connection, "SELECT jobs, runs, finished FROM job_total");
        _findJob = new SqliteStatement(connection, $"SELECT {JobColumns} FROM job WHERE id = ? AND sequence > 0");
        const string Listed = $"SELECT {JobColumns} FROM job INDEXED BY job_place WHERE archived_at IS NULL AND sequence > 0";
        _jobsUp = new SqliteStatement(connection, $"{Listed} ORDER BY created_at, id LIMIT ? OFFSET ?");
        _jobsDown = new SqliteStatement(connection, $"{Listed} ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?");
        _jobIds = new SqliteStatement(connection, "SELECT id FROM job WHERE id > ? AND sequence > 0 ORDER BY id LIMIT ?");
        Runs = new SqliteRunQueries(connection);
    }

    private SqliteRunQueries Runs { get; }

    public JobRow? FindJob(JobId id)
    {
        if (HexIds.TryNumber(id.Value) is not { } number || !_findJob.Bind(1, number).Step())
            return null;
        var row = Job(_findJob);
        _findJob.Reset();
        return row;
    }

    public ListPage<JobRow> Jobs(PageOf page) => InTransaction(() =>
    {
        var count = Total(0);
        var slice = ListSlice.Of(page, count);
        // From the end that is nearer.
        var up = slice.Start <= count - slice.End;
        var statement = (up ? _jobsUp : _jobsDown).Bind(1, slice.Length).Bind(2, up ? slice.Start : count - slice.End);
        var jobs = ImmutableArray.CreateBuilder<JobRow>(slice.Length);
        while (statement.Step())
            jobs.Add(Job(statement));
        if (up == page.NewestFirst)
            jobs.Reverse();
        return new ListPage<JobRow>(jobs.DrainToImmutable(), count);
    });

    public ImmutableArray<JobId> JobIds(JobId? after, int limit)
    {
        if (after is { } from)
            _jobIds.Bind(1, HexIds.Number(from.Value));
        else
            _jobIds.Bind(1, default(ReadOnlySpan<byte>));
        _jobIds.Bind(2, Math.Max(0, limit));
        var ids = ImmutableArray.CreateBuilder<JobId>();
        while (_jobIds.Step())
            ids.Add(new JobId(HexIds.Text(_jobIds.Bytes(0))));
        return ids.DrainToImmutable();
    }

    public RunRow? FindRun(RunId id) => Runs.Find(id);

    public ListPage<RunRow> RunsPage(JobId? job, PageOf page) => InTransaction(() => job is { } one ? Runs.PageOfJob(one, page) : Runs.Page(page, Total(1)));

    public ImmutableArray<RunRow> Errors(JobId job, int limit) => Runs.Errors(job, limit);

    public ImmutableArray<RunKey> RunsIn(ImmutableArray<RunStatus> statuses, RunKey? after, int limit) =>
        InTransaction(() => Runs.In(statuses, after is { } key ? RunPlace.Of(key) : RunPlace.Start, limit));

    public ImmutableArray<RunKey> RunsUpdatedBefore(ImmutableArray<RunStatus> statuses, DateTimeOffset before, int limit) =>
        InTransaction(() => Runs.UpdatedBefore(statuses, Timestamps.ToMicroseconds(before), limit));

    public ImmutableArray<RunKey> RunsBeyond(long keep, int limit) =>
        InTransaction(() => Runs.In(Finished, RunPlace.Start, (int)Math.Clamp(Total(2) - Math.Max(0, keep), 0, Math.Max(0, limit))));

    public void Dispose()
    {
        foreach (var statement in new[] { _begin, _end, _total, _findJob, _jobsUp, _jobsDown, _jobIds })
            statement.Dispose();
        Runs.Dispose();
    }

    private long Total(int column)
    {
        _total.Step();
        var total = _total.Int64(column);
        _total.Reset();
        return total;
    }

    private T InTransaction<T>(Func<T> read)
    {
        _begin.Run();
        try
        {
            return read();
        }
        finally
        {
            // Some failures end the transaction by themselves.
            if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0)
                _end.Run();
        }
    }

    private static JobRow Job(SqliteStatement row) => new(
        new JobId(HexIds.Text(row.Bytes(0))),
        row.Int64(1),
        Timestamps.FromMicroseconds(row.Int64(2)),
        row.IsNull(3) ? null : Timestamps.FromMicroseconds(row.Int64(3)),
        row.Bytes(4).ToArray());
}

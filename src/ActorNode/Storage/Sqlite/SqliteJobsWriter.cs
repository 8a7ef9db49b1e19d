using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;
using Microsoft.Data.Sqlite;

namespace ActorNode.Storage.Sqlite;

/// <summary>
/// The part of the writer that keeps the lists of jobs and runs: statements within its transactions. What it has in memory it has for the
/// length of one.
/// </summary>
internal sealed class SqliteJobsWriter : IDisposable
{
    private readonly Dictionary<JobId, Job> _jobs = [];
    private readonly SqliteRunStretches _stretches;
    private readonly SqliteStatement _findJob;
    private readonly SqliteStatement _addJob;
    private readonly SqliteStatement _updateJob;
    private readonly SqliteStatement _countRuns;
    private readonly SqliteStatement _findRun;
    private readonly SqliteStatement _addRun;
    private readonly SqliteStatement _updateRun;
    private readonly SqliteStatement _removeRun;
    private readonly SqliteStatement _jobOfRun;
    private readonly SqliteStatement _placesOfJob;
    private readonly SqliteStatement _total;
    private long _listedJobs;
    private long _listedRuns;
    private long _finishedRuns;

    public SqliteJobsWriter(SqliteConnection connection)
    {
        _stretches = new SqliteRunStretches(connection);
        _findJob = new SqliteStatement(connection, "SELECT number, sequence, archived_at, runs FROM job WHERE id = ?");
        _addJob = new SqliteStatement(connection, "INSERT INTO job (id, sequence, created_at, archived_at, runs, body) VALUES (?, 0, 0, NULL, 0, x'') RETURNING number");
        _updateJob = new SqliteStatement(connection, "UPDATE job SET sequence = ?, created_at = ?, archived_at = ?, body = ? WHERE number = ?");
        _countRuns = new SqliteStatement(connection, "UPDATE job SET runs = ? WHERE number = ?");
        _findRun = new SqliteStatement(connection, "SELECT number, job, sequence, status, created_at FROM run WHERE id = ?");
        _addRun = new SqliteStatement(connection, SqliteQueries.InsertRun);
        _updateRun = new SqliteStatement(connection, "UPDATE run SET sequence = ?, status = ?, updated_at = ?, finished_at = ?, body = ? WHERE number = ?");
        _removeRun = new SqliteStatement(connection, "DELETE FROM run WHERE number = ?");
        _jobOfRun = new SqliteStatement(connection, "SELECT id FROM job WHERE number = ?");
        _placesOfJob = new SqliteStatement(connection, "SELECT created_at, id FROM run INDEXED BY run_place_in_job WHERE job = ? ORDER BY created_at, id");
        _total = new SqliteStatement(connection, "UPDATE job_total SET jobs = jobs + ?, runs = runs + ?, finished = finished + ?");
    }

    public CommitResult Execute(CommitCommand.PutJob put)
    {
        CommandRules.Check(put);
        var row = put.Row;
        var job = FindJob(row.Id) ?? AddJob(row.Id);
        if (row.Sequence <= job.Sequence)
            return CommitResult.Done.Instance;
        var relist = row.ArchivedAt is null == job.IsArchived;
        // A stretch that is divided counts its runs by the states of their jobs: none may wait over a change of those.
        if (relist)
            _stretches.Write();
        _updateJob.Bind(1, row.Sequence).Bind(2, Timestamps.ToMicroseconds(row.CreatedAt));
        BindTime(_updateJob, 3, row.ArchivedAt).Bind(4, row.Body.Span).Bind(5, job.Number).Run();
        _listedJobs += (row.ArchivedAt is null ? 1 : 0) - (job is { Sequence: > 0, IsArchived: false } ? 1 : 0);
        if (relist)
            Relist(job);
        job.Sequence = row.Sequence;
        return CommitResult.Done.Instance;
    }

    public CommitResult Execute(CommitCommand.PutRun put)
    {
        CommandRules.Check(put);
        var row = put.Row;
        var id = HexIds.Number(row.Id.Value);
        if (!_findRun.Bind(1, id).Step())
            return AddRun(row, id);
        var (number, sequence, status) = (_findRun.Int64(0), _findRun.Int64(2), (RunStatus)_findRun.Int64(3));
        _findRun.Reset();
        if (row.Sequence <= sequence)
            return CommitResult.Done.Instance;
        _updateRun.Bind(1, row.Sequence).Bind(2, (long)row.Status).Bind(3, Timestamps.ToMicroseconds(row.UpdatedAt));
        BindTime(_updateRun, 4, row.FinishedAt).Bind(5, row.Body.Span).Bind(6, number).Run();
        _finishedRuns += Finished(row.Status) - Finished(status);
        return CommitResult.Done.Instance;
    }

    public CommitResult Execute(CommitCommand.DeleteRun delete)
    {
        CommandRules.Check(delete);
        var id = HexIds.Number(delete.Id.Value);
        if (!_findRun.Bind(1, id).Step())
            return CommitResult.Done.Instance;
        var (number, jobNumber, status, place) = (_findRun.Int64(0), _findRun.Int64(1), (RunStatus)_findRun.Int64(3), new RunPlace(_findRun.Int64(4), id));
        _findRun.Reset();
        _removeRun.Bind(1, number).Run();
        Count(JobOfRun(jobNumber), place, -1);
        _finishedRuns -= Finished(status);
        return CommitResult.Done.Instance;
    }

    /// <summary>Writes the counts, before the transaction ends.</summary>
    public void Write()
    {
        _stretches.Write();
        foreach (var job in _jobs.Values)
        {
            if (job.Counted)
                _countRuns.Bind(1, job.Runs).Bind(2, job.Number).Run();
        }

        if ((_listedJobs | _listedRuns | _finishedRuns) != 0)
            _total.Bind(1, _listedJobs).Bind(2, _listedRuns).Bind(3, _finishedRuns).Run();
        Forget();
    }

    /// <summary>The transaction came to nothing.</summary>
    public void RolledBack()
    {
        _stretches.RolledBack();
        Forget();
    }

    public void Dispose()
    {
        _stretches.Dispose();
        foreach (var statement in new[] { _findJob, _addJob, _updateJob, _countRuns, _findRun, _addRun, _updateRun, _removeRun, _jobOfRun, _placesOfJob, _total })
            statement.Dispose();
    }

    private CommitResult.Done AddRun(RunRow row, UInt128 id)
    {
        // A job that is not listed yet is known by its runs from here on.
        var job = FindJob(row.JobId) ?? AddJob(row.JobId);
        var place = RunPlace.Of(row);
        _addRun.Bind(1, id).Bind(2, job.Number).Bind(3, row.Sequence).Bind(4, (long)row.Status).Bind(5, place.CreatedAt)
            .Bind(6, Timestamps.ToMicroseconds(row.UpdatedAt));
        BindTime(_addRun, 7, row.FinishedAt).Bind(8, row.Body.Span).Run();
        Count(job, place, 1);
        _finishedRuns += Finished(row.Status);
        return CommitResult.Done.Instance;
    }

    private void Count(Job job, RunPlace place, int runs)
    {
        var listed = job.IsArchived ? 0 : runs;
        _stretches.Count(job.Number, place, runs, runs);
        _stretches.Count(RunStretch.AllJobs, place, runs, listed);
        job.Runs += runs;
        job.Counted = true;
        _listedRuns += listed;
    }

    /// <summary>The job was archived, or is not any more: its runs stay where they are, and count for the list of all jobs no more, or again.</summary>
    private void Relist(Job job)
    {
        job.IsArchived = !job.IsArchived;
        var listed = job.IsArchived ? -1 : 1;
        _listedRuns += listed * job.Runs;
        _placesOfJob.Bind(1, job.Number);
        while (_placesOfJob.Step())
            _stretches.Count(RunStretch.AllJobs, _placesOfJob.Place(0), 0, listed);
    }

    private Job? FindJob(JobId id)
    {
        if (_jobs.TryGetValue(id, out var known))
            return known;
        if (!_findJob.Bind(1, HexIds.Number(id.Value)).Step())
            return null;
        var job = new Job(_findJob.Int64(0)) { Sequence = _findJob.Int64(1), IsArchived = !_findJob.IsNull(2), Runs = _findJob.Int64(3) };
        _findJob.Reset();
        return _jobs[id] = job;
    }

    private Job AddJob(JobId id)
    {
        _addJob.Bind(1, HexIds.Number(id.Value)).Step();
        var job = new Job(_addJob.Int64(0));
        _addJob.Run();
        _stretches.Begin(job.Number);
        return _jobs[id] = job;
    }

    private Job JobOfRun(long number)
    {
        if (!_jobOfRun.Bind(1, number).Step())
            throw new InvalidOperationException($"The job number {number} of a run is not there; restore a backup.");
        var id = new JobId(HexIds.Text(_jobOfRun.Bytes(0)));
        _jobOfRun.Reset();
        return FindJob(id)!;
    }

    private void Forget()
    {
        _jobs.Clear();
        (_listedJobs, _listedRuns, _finishedRuns) = (0, 0, 0);
    }

    private static int Finished(RunStatus status) => status.IsFinished() ? 1 : 0;

    private static SqliteStatement BindTime(SqliteStatement statement, int parameter, DateTimeOffset? time) =>
        time is { } given ? statement.Bind(parameter, Timestamps.ToMicroseconds(given)) : statement.BindNull(parameter);

    private sealed class Job(long number)
    {
        public long Number { get; } = number;

        public long Sequence { get; set; }

        public bool IsArchived { get; set; }

        public long Runs { get; set; }

        public bool Counted { get; set; }
    }
}

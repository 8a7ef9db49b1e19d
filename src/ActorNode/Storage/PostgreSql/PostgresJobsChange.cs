using System.Runtime.InteropServices;
using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Storage.PostgreSql;

/// <summary>
/// What commands come to, beginning with what the database has of their jobs and runs: rows to write, and what is to be counted where. A
/// job that is archived, or is not any more, is not its concern: see <see cref="Relists"/>.
/// </summary>
internal sealed class PostgresJobsChange
{
    private readonly Dictionary<Guid, Job> _jobs = [];
    private readonly Dictionary<Guid, Run> _runs = [];
    private readonly Dictionary<(Guid List, RunPlace Place), (int Runs, int Listed)> _counts = [];

    /// <summary>Jobs to write.</summary>
    public IEnumerable<(Guid Id, JobRow? Row)> Jobs => _jobs.Where(job => job.Value.Changed).Select(job => (job.Key, job.Value.Row));

    /// <summary>Jobs that the database does not have.</summary>
    public IEnumerable<Guid> NewJobs => _jobs.Where(job => job.Value.IsNew).Select(job => job.Key);

    /// <summary>Runs to take out, before others come in.</summary>
    public IEnumerable<Guid> Deleted => _runs.Where(run => run.Value is { Stored: true, Kept: false }).Select(run => run.Key);

    /// <summary>Runs that come in.</summary>
    public IEnumerable<RunRow> Inserted => _runs.Values.Where(run => run is { Kept: false, Exists: true }).Select(run => run.Row!);

    /// <summary>Rows in place of what the database has.</summary>
    public IEnumerable<RunRow> Updated => _runs.Values.Where(run => run is { Kept: true, Row: not null }).Select(run => run.Row!);

    /// <summary>By how many the runs at a place of a list changed.</summary>
    public IEnumerable<(Guid List, RunPlace Place, int Runs, int Listed)> Counts =>
        _counts.Where(count => count.Value != default).Select(count => (count.Key.List, count.Key.Place, count.Value.Runs, count.Value.Listed));

    /// <summary>By how many the jobs that are not archived changed.</summary>
    public int ListedJobs { get; private set; }

    /// <summary>By how many the finished runs changed.</summary>
    public int FinishedRuns { get; private set; }

    public void Clear()
    {
        _jobs.Clear();
        _runs.Clear();
        _counts.Clear();
        (ListedJobs, FinishedRuns) = (0, 0);
    }

    /// <summary>The database has this job.</summary>
    public void KnowJob(Guid id, long sequence, bool isArchived) => _jobs[id] = new Job { Sequence = sequence, IsArchived = isArchived };

    /// <summary>The database has this run.</summary>
    public void KnowRun(Guid id, Guid job, bool isArchived, long sequence, RunStatus status, long createdAt)
    {
        _runs[id] = new Run { Stored = true, Kept = true, Exists = true, Job = job, Sequence = sequence, Status = status, CreatedAt = createdAt };
        // Jobs that commands name are known by then. This one is there for its state alone.
        _jobs.TryAdd(job, new Job { IsArchived = isArchived });
    }

    /// <summary>
    /// Whether the row archives a job, or takes it back. Then runs of the job count otherwise from then on, wherever they are; that is for
    /// the database to find out, after all before it is written.
    /// </summary>
    public bool Relists(JobRow row) =>
        _jobs.TryGetValue(PostgresIds.Of(row.Id), out var job) && row.Sequence > job.Sequence && job.IsArchived == row.ArchivedAt is null;

    /// <summary>By how many the row changes the jobs that are not archived.</summary>
    public int ListedBy(JobRow row) => (row.ArchivedAt is null ? 1 : 0) - (JobOf(PostgresIds.Of(row.Id)) is { Sequence: > 0, IsArchived: false } ? 1 : 0);

    public void Put(JobRow row)
    {
        var job = JobOf(PostgresIds.Of(row.Id));
        if (row.Sequence <= job.Sequence)
            return;
        ListedJobs += ListedBy(row);
        (job.Sequence, job.IsArchived, job.Row, job.Changed) = (row.Sequence, row.ArchivedAt is not null, row, true);
    }

    public void Put(RunRow row)
    {
        ref var run = ref CollectionsMarshal.GetValueRefOrAddDefault(_runs, PostgresIds.Of(row.Id), out _);
        run ??= new Run();
        if (!run.Exists)
        {
            (run.Exists, run.Job, run.CreatedAt) = (true, PostgresIds.Of(row.JobId), Timestamps.ToMicroseconds(row.CreatedAt));
            Count(run, PostgresIds.Of(row.Id), 1);
            FinishedRuns += Finished(row.Status);
        }
        else if (row.Sequence > run.Sequence)
        {
            FinishedRuns += Finished(row.Status) - Finished(run.Status);
            // A run's job and creation never change.
            if (run.Row is { } first)
                row = row with { JobId = first.JobId, CreatedAt = first.CreatedAt };
        }
        else
        {
            return;
        }

        (run.Row, run.Sequence, run.Status) = (row, row.Sequence, row.Status);
    }

    public void Delete(RunId id)
    {
        var key = PostgresIds.Of(id);
        if (!_runs.TryGetValue(key, out var run) || !run.Exists)
            return;
        Count(run, key, -1);
        FinishedRuns -= Finished(run.Status);
        (run.Exists, run.Kept, run.Row) = (false, false, null);
    }

    private void Count(Run run, Guid id, int runs)
    {
        var listed = JobOf(run.Job).IsArchived ? 0 : runs;
        var place = new RunPlace(run.CreatedAt, PostgresIds.Number(id));
        Add(run.Job, runs);
        Add(PostgresIds.AllJobs, listed);

        void Add(Guid list, int listedThere)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, (list, place), out _);
            count = (count.Runs + runs, count.Listed + listedThere);
        }
    }

    /// <summary>A job that the database does not have is known by its runs from here on, until it is listed itself.</summary>
    private Job JobOf(Guid id)
    {
        ref var job = ref CollectionsMarshal.GetValueRefOrAddDefault(_jobs, id, out _);
        return job ??= new Job { IsNew = true, Changed = true };
    }

    private static int Finished(RunStatus status) => status.IsFinished() ? 1 : 0;

    private sealed class Job
    {
        public long Sequence { get; set; }

        public bool IsArchived { get; set; }

        public JobRow? Row { get; set; }

        public bool IsNew { get; init; }

        public bool Changed { get; set; }
    }

    private sealed class Run
    {
        /// <summary>The database has a row of it.</summary>
        public bool Stored { get; init; }

        /// <summary>The database's row stays, with other contents perhaps.</summary>
        public bool Kept { get; set; }

        /// <summary>There is such a run after the commands so far.</summary>
        public bool Exists { get; set; }

        public Guid Job { get; set; }

        public long Sequence { get; set; }

        public RunStatus Status { get; set; }

        public long CreatedAt { get; set; }

        /// <summary>Its row, where that is not the database's.</summary>
        public RunRow? Row { get; set; }
    }
}

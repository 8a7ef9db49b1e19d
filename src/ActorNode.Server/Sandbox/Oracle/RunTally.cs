using System.Collections.Immutable;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Server.Sandbox.Oracle;

/// <summary>
/// What became of the sandbox's runs. A run that was accepted must end, once, and when it is completed its result must be the right one.
/// Thread-safe.
/// </summary>
internal sealed class RunTally
{
    private readonly Lock _gate = new();
    private readonly Dictionary<JobId, Counts> _jobs = [];
    private readonly Dictionary<RunId, Open> _open = [];
    private ImmutableArray<string> _violations = [];

    /// <summary>What is known of a run that has not ended.</summary>
    private sealed record Open(JobId Job, Func<string, bool> IsRight, DateTimeOffset Since)
    {
        public RunStatus Status { get; set; }
    }

    /// <summary>What is known of a job.</summary>
    public sealed record Counts(long Completed, long Errored, string LastResult, string LastError)
    {
        public static readonly Counts None = new(0, 0, "", "");

        public long Ended => Completed + Errored;
    }

    public ImmutableArray<string> Violations
    {
        get
        {
            lock (_gate)
                return _violations;
        }
    }

    /// <summary>The run was accepted. <paramref name="isRight"/>: whether a result is the right one.</summary>
    public void Accepted(JobId job, RunId run, Func<string, bool> isRight, DateTimeOffset now)
    {
        lock (_gate)
            _open[run] = new Open(job, isRight, now);
    }

    /// <summary>A run goes on or has ended.</summary>
    public void Changed(JobRun run)
    {
        lock (_gate)
        {
            if (!run.Status.IsFinished())
            {
                if (_open.TryGetValue(run.Id, out var open))
                    open.Status = run.Status;
                return;
            }

            // A schedule's runs are accepted by nobody here.
            if (!_open.Remove(run.Id, out var ended) && run.Initiator.Type == InitiatorType.Web)
                return;
            Count(run);
            if (run.Status == RunStatus.Completed && ended?.IsRight(ResultOf(run)) == false)
                _violations = _violations.Add($"run {run.Id} is completed with '{ResultOf(run)}', which is wrong");
        }
    }

    public Counts Of(JobId job)
    {
        lock (_gate)
            return _jobs.GetValueOrDefault(job, Counts.None);
    }

    public long Total(Func<Counts, long> of)
    {
        lock (_gate)
            return _jobs.Values.Sum(of);
    }

    /// <summary>Accepted runs that have not ended, of those that were accepted before a time.</summary>
    public ImmutableArray<RunId> Unfinished(DateTimeOffset before)
    {
        lock (_gate)
            return [.. _open.Where(run => run.Value.Since <= before).Select(run => run.Key)];
    }

    /// <summary>Accepted runs of a job, or of all, that have not ended; of one status, or of all.</summary>
    public int Unfinished(JobId? job = null, RunStatus? status = null)
    {
        lock (_gate)
            return _open.Values.Count(run => (job is null || run.Job == job) && (status is null || run.Status == status));
    }

    private void Count(JobRun run)
    {
        var counts = _jobs.GetValueOrDefault(run.JobId, Counts.None);
        _jobs[run.JobId] = run.Status == RunStatus.Completed
            ? counts with { Completed = counts.Completed + 1, LastResult = ResultOf(run) }
            : counts with { Errored = counts.Errored + 1, LastError = run.Result.Error ?? "" };
    }

    private static string ResultOf(JobRun run) =>
        run.Result.Data.Result is { ValueKind: System.Text.Json.JsonValueKind.String } text ? text.GetString()! : run.Result.Data.Result.ToString();
}

using System.Collections.Immutable;
using ActorNode.Protocol.Jobs;
using Akka.Actor;

namespace ActorNode.Jobs.Listing;

/// <summary>Why runs are deleted.</summary>
internal enum RunDeletionCause
{
    Age,
    Count,
    Request,
}

/// <summary>
/// One piece of deletion: which runs, how far it is, and which answers are missing. Runs that their jobs did not give up are found again
/// by every search; so they are remembered, and a search asks for as many more.
/// </summary>
internal sealed class RunDeletion(RunDeletionCause cause, IActorRef? requester, Func<int, CancellationToken, ValueTask<ImmutableArray<RunKey>>> search)
{
    private readonly Dictionary<RunId, JobId> _missing = [];
    private readonly HashSet<RunId> _kept = [];
    private string? _reason;

    public RunDeletionCause Cause { get; } = cause;

    /// <summary>Who asked for it; null: the settings.</summary>
    public IActorRef? Requester { get; } = requester;

    /// <summary>Runs that were deleted.</summary>
    public long Deleted { get; private set; }

    /// <summary>Runs that were not.</summary>
    public int Kept => _kept.Count;

    /// <summary>Why the last of them was not; null: there are none.</summary>
    public string? KeptBecause => _kept.Count > 0 ? _reason : null;

    /// <summary>The answers of the batch under way are all there.</summary>
    public bool HasAllAnswers => _missing.Count == 0;

    public Task<ImmutableArray<RunKey>> SearchAsync(int batch)
    {
        var limit = batch + _kept.Count;
        return Task.Run(() => search(limit, CancellationToken.None).AsTask());
    }

    /// <summary>Those of the found runs that come next; none: there is nothing more to do.</summary>
    public ImmutableArray<RunKey> Begin(ImmutableArray<RunKey> found)
    {
        ImmutableArray<RunKey> batch = [.. found.Where(run => !_kept.Contains(run.Id))];
        foreach (var run in batch)
            _missing.Add(run.Id, run.JobId);
        return batch;
    }

    public void OnDeleted(RunId run)
    {
        // An answer that was given up, or put down to another run of the job, counts all the same.
        if (_missing.Remove(run) || _kept.Remove(run))
            Deleted++;
    }

    public void OnKept(RunId run, string reason)
    {
        if (_missing.Remove(run))
        {
            _kept.Add(run);
            _reason = reason;
        }
    }

    /// <summary>The job answered for a run that it does not name: for one of those that it was asked about.</summary>
    public void OnKept(JobId job, string reason)
    {
        foreach (var (run, of) in _missing)
        {
            if (of != job)
                continue;
            OnKept(run, reason);
            return;
        }
    }
}

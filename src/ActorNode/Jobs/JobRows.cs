using System.Text.Json;
using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;
using ActorNode.Storage;
using Akka.Actor;

namespace ActorNode.Jobs;

/// <summary>
/// A job's rows on their way to the listing: each is written until it is stored, and then whoever waits for it is answered. Part of the job's
/// actor, used on its turns only.
/// </summary>
internal sealed class JobRows(JobsContext context, IActorRef self, ITimerScheduler timers)
{
    private readonly Dictionary<CommitActor.Commit, Pending> _underWay = [];
    private int _retrying;
    private int _failures;

    /// <summary>Nothing is on its way.</summary>
    public bool IsIdle => _underWay.Count == 0 && _retrying == 0;

    /// <summary>A job as JSON.</summary>
    public static byte[] Body(JobSpec spec) => JsonSerializer.SerializeToUtf8Bytes(spec, JobsJson.Default.JobSpec);

    /// <summary>Writes a job's row. <paramref name="then"/>: what is done when it is stored.</summary>
    public void Write(JobRow row, IActorRef? requester, object? reply, Action? then) =>
        Begin(new CommitCommand.PutJob(row), new Pending(requester is null ? [] : [requester], reply, then));

    /// <summary>Writes a run's row.</summary>
    public void Write(RunRow row, IActorRef requester, object reply) => Write(row, [requester], reply);

    /// <summary>Writes a run's row. <paramref name="then"/>: what is done when it is stored.</summary>
    public void Write(RunRow row, List<IActorRef> requesters, object reply, Action? then = null) =>
        Begin(new CommitCommand.PutRun(row), new Pending(requesters, reply, then));

    /// <summary>The row is stored.</summary>
    public void Stored(CommitActor.Commit commit)
    {
        if (!_underWay.Remove(commit, out var pending))
            return;
        _failures = 0;
        foreach (var requester in pending.Requesters)
            requester.Tell(pending.Reply!);
        pending.Then?.Invoke();
    }

    /// <summary>The row could not be stored: nobody waits for it any longer, and it is written again after a back-off.</summary>
    public void Failed(CommitActor.Failed failed, JobId job)
    {
        if (!_underWay.Remove(failed.Request, out var pending))
            return;
        foreach (var requester in pending.Requesters)
            requester.Tell(new JobReplies.Failed(job, $"the listing of job {job} cannot be written: {failed.Error.Message}"));
        _failures++;
        _retrying++;
        var retry = new Retry(failed.Request.Commands[0], pending with { Requesters = [] });
        timers.StartSingleTimer(retry, retry, Backoff.Delay(
            _failures, context.Settings.MinBackoff, context.Settings.MaxBackoff, context.Random.NextDouble()));
    }

    /// <summary>Writes a row again.</summary>
    public void Again(Retry retry)
    {
        _retrying--;
        Begin(retry.Command, retry.Pending);
    }

    /// <summary>The job's actor ends.</summary>
    public void Dispose(JobId job)
    {
        foreach (var requester in _underWay.Values.SelectMany(pending => pending.Requesters))
            requester.Tell(new JobReplies.Failed(job, "the job was stopped before this was listed"));
    }

    private void Begin(CommitCommand command, Pending pending)
    {
        var commit = new CommitActor.Commit([command]);
        _underWay.Add(commit, pending);
        context.Commit.Tell(commit, self);
    }

    /// <summary>Time to write a row again.</summary>
    public sealed class Retry(CommitCommand command, Pending pending)
    {
        public CommitCommand Command { get; } = command;

        public Pending Pending { get; } = pending;
    }

    /// <summary>Who waits for a row.</summary>
    public sealed record Pending(List<IActorRef> Requesters, object? Reply, Action? Then);
}

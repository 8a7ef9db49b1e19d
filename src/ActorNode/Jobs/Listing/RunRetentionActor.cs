using System.Collections.Immutable;
using ActorNode.Protocol.Jobs;
using ActorNode.Protocol.Services;
using ActorNode.Storage;
using Akka.Actor;
using Akka.Event;

namespace ActorNode.Jobs.Listing;

/// <summary>
/// Deletes finished runs: by age and by count as the settings say, each round a tick, re-armed when its work is done, so that rounds never
/// overlap and never queue up; and those that an operator asks for, which come first. One piece of work at a time, in batches whose answers
/// it waits for, so that the jobs' own work passes in between. Each run is deleted by its job. Keeps nothing over a restart: a round that a
/// crash or a failure cuts short is taken up by the next one; requests that were not carried out are answered as failed.
/// </summary>
public sealed class RunRetentionActor : UntypedActor, IWithTimers
{
    /// <summary>What it is called among the services.</summary>
    public const string ServiceName = "jobs-retention";

    /// <summary>Requests that wait; more fail at once.</summary>
    public const int MaxWaiting = 100;

    private const string AnswerTimer = "answer";

    private static readonly ImmutableArray<RunStatus> Finished = [RunStatus.Errored, RunStatus.Completed];

    private readonly IJobsReader _reader;
    private readonly IActorRef _jobs;
    private readonly IActorRef _services;
    private readonly JobsRetentionSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Queue<RunDeletion> _requests = [];
    private readonly Queue<RunDeletion> _round = [];
    private RunDeletion? _work;
    private RunRetention.State _state = new(0, 0, 0, IsWorking: false, 0, null);
    private string? _roundError;
    private bool _inRound;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="reader">Where runs are listed.</param>
    /// <param name="jobs">The jobs' region.</param>
    /// <param name="services">Told how it is at.</param>
    /// <param name="settings">What is kept.</param>
    /// <param name="clock">The node's.</param>
    public static Props Props(IJobsReader reader, IActorRef jobs, IActorRef services, JobsRetentionSettings settings, TimeProvider clock) =>
        Akka.Actor.Props.Create(() => new RunRetentionActor(reader, jobs, services, settings, clock));

    public RunRetentionActor(IJobsReader reader, IActorRef jobs, IActorRef services, JobsRetentionSettings settings, TimeProvider clock)
    {
        _reader = reader;
        _jobs = jobs;
        _services = services;
        _settings = settings;
        _clock = clock;
    }

    protected override void PreStart()
    {
        ScheduleTick();
        _services.Tell(new ServiceCommands.Report(ServiceName, ServiceState.Ready, DependsOn: [CommitActor.ServiceName, JobBootActor.ServiceName]));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RunRetention.Delete delete:
                OnDelete(delete);
                break;
            case RunRetention.StateOf:
                Sender.Tell(_state with { IsWorking = _work is not null, Waiting = _requests.Count });
                break;
            case Tick:
                BeginRound();
                break;
            case Found found when found.Work == _work:
                OnFound(found.Runs);
                break;
            case SearchFailed failed when failed.Work == _work:
                End(failed.Error.Message);
                break;
            case JobReplies.RunDeleted deleted:
                OnAnswer(work => work.OnDeleted(deleted.RunId));
                break;
            case JobReplies.NotResumed kept:
                OnAnswer(work => work.OnKept(kept.RunId, kept.Detail));
                break;
            case JobReplies.NoSuchJob none:
                OnAnswer(work => work.OnKept(none.JobId, $"there is no job {none.JobId}"));
                break;
            case JobReplies.Failed failed:
                OnAnswer(work => work.OnKept(failed.JobId, failed.Detail));
                break;
            case NoAnswer none when none.Work == _work:
                End($"jobs did not answer for {_settings.AnswerTimeout.TotalSeconds:0} s");
                break;
            case Found or SearchFailed or NoAnswer:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        foreach (var request in _requests.Prepend(_work))
            request?.Requester?.Tell(new RunRetention.Failed(request.Deleted, "the node stops"));
    }

    private void OnDelete(RunRetention.Delete delete)
    {
        if (RunRetention.ProblemOf(delete) is { } problem)
        {
            Sender.Tell(new RunRetention.Refused(problem));
            return;
        }

        if (_requests.Count == MaxWaiting)
        {
            Sender.Tell(new RunRetention.Failed(0, $"{MaxWaiting} requests wait already"));
            return;
        }

        _requests.Enqueue(new RunDeletion(
            RunDeletionCause.Request, Sender, (limit, token) => _reader.RunsUpdatedBeforeAsync(delete.Statuses, delete.UpdatedBefore, limit, token)));
        if (_work is null)
            Next();
    }

    private void ScheduleTick()
    {
        if (_settings is { MaxAge: not null } or { MaxRuns: not null })
            Timers.StartSingleTimer(Tick.Instance, Tick.Instance, _settings.Interval);
    }

    private void BeginRound()
    {
        (_inRound, _roundError) = (true, null);
        if (_settings.MaxAge is { } maxAge)
        {
            var cutoff = _clock.GetUtcNow() - maxAge;
            _round.Enqueue(new RunDeletion(RunDeletionCause.Age, null, (limit, token) => _reader.RunsUpdatedBeforeAsync(Finished, cutoff, limit, token)));
        }

        if (_settings.MaxRuns is { } keep)
            _round.Enqueue(new RunDeletion(RunDeletionCause.Count, null, (limit, token) => _reader.RunsBeyondAsync(keep, limit, token)));
        if (_work is null)
            Next();
    }

    private void Next()
    {
        if (_requests.TryDequeue(out _work) || _round.TryDequeue(out _work))
        {
            Search(_work);
        }
        else if (_inRound)
        {
            _inRound = false;
            ScheduleTick();
            _services.Tell(new ServiceCommands.Report(ServiceName, ServiceState.Ready, _roundError));
        }
    }

    private void Search(RunDeletion work) =>
        work.SearchAsync(_settings.Batch).PipeTo(Self, success: runs => new Found(work, runs), failure: error => new SearchFailed(work, error));

    private void OnFound(ImmutableArray<RunKey> found)
    {
        var batch = _work!.Begin(found);
        if (batch.IsEmpty)
        {
            End(null);
            return;
        }

        foreach (var run in batch)
            _jobs.Tell(new JobCommands.DeleteRun(run.JobId, run.Id));
        AwaitAnswer();
    }

    private void OnAnswer(Action<RunDeletion> take)
    {
        // A late answer to a batch that was given up.
        if (_work is not { HasAllAnswers: false } work)
            return;
        var (deleted, kept) = (work.Deleted, work.Kept);
        take(work);
        if ((deleted, kept) == (work.Deleted, work.Kept))
            return;
        if (!work.HasAllAnswers)
        {
            AwaitAnswer();
            return;
        }

        Timers.Cancel(AnswerTimer);
        // Where many are kept, something is wrong with more than these runs; the next round sees.
        if (work.Kept >= _settings.Batch)
            End(work.KeptBecause);
        else
            Search(work);
    }

    private void AwaitAnswer() => Timers.StartSingleTimer(AnswerTimer, new NoAnswer(_work!), _settings.AnswerTimeout);

    /// <param name="error">Why it ended early; null: it is done.</param>
    private void End(string? error)
    {
        var work = _work!;
        Timers.Cancel(AnswerTimer);
        if (work.Deleted > 0)
            _log.Info("Deleted {Runs} runs by {Cause}", work.Deleted, work.Cause);
        if (error is not null)
            _log.Warning("Deleting runs by {Cause} ended after {Runs}: {Error}", work.Cause, work.Deleted, error);
        else if (work.Kept > 0)
            _log.Warning("Deleting runs by {Cause} left {Runs}: {Error}", work.Cause, work.Kept, work.KeptBecause);
        _state = Counted(work) with { LastError = error ?? work.KeptBecause };
        if (work.Requester is { } requester)
            requester.Tell(error is null ? new RunRetention.Deleted(work.Deleted, work.Kept) : new RunRetention.Failed(work.Deleted, error));
        else
            _roundError ??= error ?? work.KeptBecause;
        Next();
    }

    private RunRetention.State Counted(RunDeletion work) => work.Cause switch
    {
        RunDeletionCause.Age => _state with { ByAge = _state.ByAge + work.Deleted },
        RunDeletionCause.Count => _state with { ByCount = _state.ByCount + work.Deleted },
        _ => _state with { ByRequest = _state.ByRequest + work.Deleted },
    };

    private sealed record Found(RunDeletion Work, ImmutableArray<RunKey> Runs);

    private sealed record SearchFailed(RunDeletion Work, Exception Error);

    private sealed record NoAnswer(RunDeletion Work);

    private sealed class Tick
    {
        public static readonly Tick Instance = new();
    }
}

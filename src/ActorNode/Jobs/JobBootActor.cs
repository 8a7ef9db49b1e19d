using System.Collections.Immutable;
using ActorNode.Jobs.Access;
using ActorNode.Jobs.Listing;
using ActorNode.Jobs.Scheduling;
using ActorNode.Protocol.Jobs;
using ActorNode.Protocol.Services;
using ActorNode.Storage;
using Akka.Actor;
using Akka.Event;

namespace ActorNode.Jobs;

/// <summary>
/// Brings a node's jobs back at its start: wakes each of them, so that it goes on with its runs, and then has the scheduler take up its times.
/// Jobs that are created or archived later reach the scheduler by this actor too. The jobs are ready when all were woken.
/// </summary>
internal sealed class JobBootActor : UntypedActor, IWithTimers
{
    /// <summary>What the job engine is called among the services.</summary>
    public const string ServiceName = "jobs";

    /// <summary>Jobs that are woken at once.</summary>
    private const int AtOnce = 64;

    private const int PageSize = 1000;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromMinutes(1);

    private readonly IJobsReader _reader;
    private readonly IActorRef _jobs;
    private readonly IActorRef _scheduler;
    private readonly IActorRef _notices;
    private readonly IActorRef _services;
    private readonly Task _bridges;
    private readonly JobsSettings _settings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Queue<JobId> _found = [];
    private readonly HashSet<JobId> _waking = [];
    private JobId? _last;
    private bool _searching;
    private bool _allFound;
    private bool _ready;
    private int _woken;
    private int _unfinished;
    private int _failures;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="reader">Where jobs are listed.</param>
    /// <param name="jobs">The jobs' region.</param>
    /// <param name="scheduler">Takes up their times.</param>
    /// <param name="notices">Tells external initiators of their jobs.</param>
    /// <param name="services">Told how far it is.</param>
    /// <param name="bridges">Completes when the bridges are known, without which no run can go on.</param>
    /// <param name="settings">Back-offs.</param>
    public static Props Props(IJobsReader reader, IActorRef jobs, IActorRef scheduler, IActorRef notices, IActorRef services, Task bridges, JobsSettings settings) =>
        Akka.Actor.Props.Create(() => new JobBootActor(reader, jobs, scheduler, notices, services, bridges, settings));

    public JobBootActor(IJobsReader reader, IActorRef jobs, IActorRef scheduler, IActorRef notices, IActorRef services, Task bridges, JobsSettings settings)
    {
        _reader = reader;
        _jobs = jobs;
        _scheduler = scheduler;
        _notices = notices;
        _services = services;
        _bridges = bridges;
        _settings = settings;
    }

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(JobEvents.JobCreated));
        Context.System.EventStream.Subscribe(Self, typeof(JobEvents.JobArchived));
        _scheduler.Tell(new SchedulerCommands.Start());
        _bridges.PipeTo(Self, success: () => SearchTick.Instance);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Found found:
                OnFound(found.Jobs);
                break;
            case SearchFailed failed:
                OnSearchFailed(failed.Error);
                break;
            case SearchTick:
                Search();
                break;
            case JobReplies.Awake awake when _waking.Remove(awake.JobId):
                OnAwake(awake);
                break;
            case JobReplies.Failed failed when _waking.Contains(failed.JobId):
                OnWakeFailed(failed);
                break;
            case WakeTick wake when _waking.Contains(wake.Job):
                Wake(wake.Job);
                break;
            case JobEvents.JobCreated created:
                _scheduler.Tell(new SchedulerCommands.AddJob(created.Spec));
                _notices.Tell(new InitiatorNoticesActor.Tell(created.Spec));
                break;
            case JobEvents.JobArchived archived:
                _scheduler.Tell(new SchedulerCommands.RemoveJob(archived.JobId));
                _notices.Tell(archived);
                break;
            case WakeTick or JobReplies.Awake or JobReplies.Failed or SchedulerReplies.Started or SchedulerReplies.Refused:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Search()
    {
        var after = _last;
        _searching = true;
        Task.Run(() => _reader.JobIdsAsync(after, PageSize, CancellationToken.None).AsTask())
            .PipeTo(Self, success: jobs => new Found(jobs), failure: error => new SearchFailed(error));
    }

    private void OnFound(ImmutableArray<JobId> jobs)
    {
        _searching = false;
        _failures = 0;
        _allFound = jobs.Length < PageSize;
        foreach (var job in jobs)
            _found.Enqueue(job);
        if (!jobs.IsEmpty)
            _last = jobs[^1];
        WakeMore();
    }

    private void OnSearchFailed(Exception error)
    {
        _failures++;
        _log.Warning("The jobs could not be listed: {Error}", error.Message);
        _services.Tell(new ServiceCommands.Report(ServiceName, ServiceState.Degraded, error.Message));
        Timers.StartSingleTimer(SearchTick.Instance, SearchTick.Instance, Backoff.Delay(_failures, _settings.MinBackoff, _settings.MaxBackoff, 1));
    }

    private void WakeMore()
    {
        while (_waking.Count < AtOnce && _found.TryDequeue(out var job))
        {
            _waking.Add(job);
            Wake(job);
        }

        if (_found.Count == 0 && !_allFound && !_searching)
            Search();
        if (_ready || _waking.Count > 0 || !_allFound)
            return;
        _ready = true;
        _log.Info("{Jobs} jobs are back, with {Runs} unfinished runs", _woken, _unfinished);
        _services.Tell(new ServiceCommands.Report(ServiceName, ServiceState.Ready));
    }

    /// <summary>Again, when there is no answer: what a job had in its mailbox when it failed gets none.</summary>
    private void Wake(JobId job)
    {
        _jobs.Tell(new JobCommands.Wake(job));
        Timers.StartSingleTimer(job, new WakeTick(job), AnswerTimeout);
    }

    private void OnAwake(JobReplies.Awake awake)
    {
        Timers.Cancel(awake.JobId);
        if (awake.Spec is { } spec)
        {
            _woken++;
            _unfinished += awake.Unfinished;
            if (!awake.IsArchived)
            {
                _scheduler.Tell(new SchedulerCommands.AddJob(spec, awake.LastTicks));
                _notices.Tell(new InitiatorNoticesActor.Tell(spec));
            }
        }

        WakeMore();
    }

    /// <summary>The node is not ready before every job goes on.</summary>
    private void OnWakeFailed(JobReplies.Failed failed)
    {
        _services.Tell(new ServiceCommands.Report(ServiceName, ServiceState.Degraded, failed.Detail));
        Timers.StartSingleTimer(failed.JobId, new WakeTick(failed.JobId), _settings.MaxBackoff);
    }

    private sealed record Found(ImmutableArray<JobId> Jobs);

    private sealed record SearchFailed(Exception Error);

    private sealed record WakeTick(JobId Job);

    private sealed class SearchTick
    {
        public static readonly SearchTick Instance = new();
    }
}

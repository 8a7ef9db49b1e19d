using ActorNode.Protocol.Jobs;
using Akka.Actor;
using Akka.Event;

namespace ActorNode.Jobs.Scheduling;

/// <summary>
/// Tells jobs of the times in their schedules: one actor, one heap of times and one timer for all of them.
/// <para>
/// Ordering: a job gets the ticks of an initiator in ascending order, the next one after it answered the one before. Each is sent for its time
/// by the schedule, so nothing drifts; a clock that is set back repeats none. Duplicates: a tick without an answer is sent again, and the job
/// knows by its journal that it took it. Loss: a tick that cannot be delivered within the setting's time is missed, and the initiator's policy
/// says what becomes of it; a single time is sent until the job takes it.
/// </para>
/// <para>
/// A restart of the actor loses nothing, since schedules and what is under way outlive it. Of a restart of the process nothing is left:
/// whoever starts it adds all jobs with what their journals say they took.
/// </para>
/// </summary>
internal sealed class SchedulerActor : ReceiveActor, IWithTimers
{
    /// <summary>A clock that jumps ahead is noticed after this.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly IActorRef _jobs;
    private readonly TimeProvider _clock;
    private readonly SchedulerMemory _memory;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    private DateTimeOffset? _armedFor;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="jobs">The jobs' region: gets <see cref="JobCommands.Tick"/>.</param>
    /// <param name="settings">Settings.</param>
    /// <param name="clock">Null: the actor system's.</param>
    public static Props Props(IActorRef jobs, SchedulerSettings settings, TimeProvider? clock = null)
    {
        var memory = new SchedulerMemory(settings);
        return Akka.Actor.Props.Create(() => new SchedulerActor(jobs, clock, memory));
    }

    public SchedulerActor(IActorRef jobs, TimeProvider? clock, SchedulerMemory memory)
    {
        _jobs = jobs;
        _clock = clock ?? new SchedulerClock(Context.System.Scheduler);
        _memory = memory;
        Receive<SchedulerCommands.Start>(_ => OnStart());
        Receive<SchedulerCommands.Stop>(_ => OnStop());
        Receive<SchedulerCommands.AddJob>(OnAddJob);
        Receive<SchedulerCommands.RemoveJob>(remove => Book.Remove(remove.JobId));
        Receive<JobReplies.TickTaken>(taken => OnSettled(taken.JobId, taken.InitiatorId, taken.At));
        Receive<JobReplies.TickRefused>(OnRefused);
        Receive<JobReplies.Failed>(OnFailed);
        Receive<JobReplies.NoSuchJob>(gone => Book.Remove(gone.JobId));
        Receive<SchedulerQueries.Preview>(OnPreview);
        Receive<SchedulerQueries.Status>(_ => Sender.Tell(new SchedulerReplies.Status(_memory.Started, Book.Jobs, Book.Entries, Book.UnderWay, Book.NextWake)));
        Receive<TimeToLook>(_ => OnTimeToLook());
    }

    private TickBook Book => _memory.Book;

    private DateTimeOffset Now => _clock.GetUtcNow();

    protected override void PreStart()
    {
        if (_memory.Started)
            Arm();
    }

    /// <summary>What failed is the entry that was looked at, if it was one: it waits, and the others go on.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
        if (message is TimeToLook)
            Book.PostponeFirst(Now);
        base.PreRestart(reason, message);
    }

    private void OnStart()
    {
        if (_memory.Started)
        {
            Sender.Tell(new SchedulerReplies.Refused("Scheduler already started"));
            return;
        }

        _memory.Started = true;
        Arm();
        Sender.Tell(new SchedulerReplies.Started());
    }

    private void OnStop()
    {
        _memory.Started = false;
        Book.Clear();
        Disarm();
        Sender.Tell(new SchedulerReplies.Stopped());
    }

    private void OnAddJob(SchedulerCommands.AddJob add)
    {
        if (!_memory.Started)
            return;
        foreach (var taken in add.LastTicks)
        {
            if (add.Spec.Initiators.Any(initiator => initiator.Id == taken.InitiatorId && initiator.Type == InitiatorType.RunAt))
                _log.Debug("Initiator {InitiatorId} for job spec {JobId} has already been run", taken.InitiatorId, add.Spec.Id);
        }

        foreach (var problem in Book.Add(add.Spec, add.LastTicks, Now))
            _log.Error("{Problem} (job {JobId})", problem, add.Spec.Id);
        LookAndArm();
    }

    private void OnSettled(JobId job, int initiator, DateTimeOffset at)
    {
        Book.Settle(job, initiator, at);
        LookAndArm();
    }

    private void OnRefused(JobReplies.TickRefused refused)
    {
        // Expected outside of a job's time: no more than a remark.
        _log.Debug("Tick {At} of initiator {InitiatorId} refused by job {JobId}: {Detail}", refused.At, refused.InitiatorId, refused.JobId, refused.Detail);
        switch (refused.Reason)
        {
            case RunRefusal.Archived:
                Book.Remove(refused.JobId);
                break;
            case RunRefusal.Ended or RunRefusal.NoInitiator:
                Book.End(refused.JobId, refused.InitiatorId);
                break;
            case RunRefusal.Busy or RunRefusal.Stopping:
                Book.Retry(refused.JobId, refused.InitiatorId, refused.At, Now);
                break;
            default:
                Book.Settle(refused.JobId, refused.InitiatorId, refused.At);
                break;
        }

        LookAndArm();
    }

    private void OnFailed(JobReplies.Failed failed)
    {
        _log.Warning("Job {JobId} could not take its tick, which is sent again later: {Detail}", failed.JobId, failed.Detail);
        Book.RetryAll(failed.JobId, Now);
        LookAndArm();
    }

    private void OnPreview(SchedulerQueries.Preview preview) => Sender.Tell(
        new SchedulerReplies.Preview(preview.JobId, Book.Preview(preview.JobId, Math.Clamp(preview.Count, 0, SchedulerQueries.Preview.MostPreviewed))));

    private void OnTimeToLook()
    {
        _armedFor = null;
        LookAndArm();
    }

    /// <summary>Sends what is due. Nothing is when it was not started: the book is empty then.</summary>
    private void LookAndArm()
    {
        var now = Now;
        while (Book.TakeDue(now) is { } due)
        {
            if (due.Missed != Missed.None)
                OnMissed(due);
            if (due.Tick is not { } tick)
                continue;
            SchedulingMetrics.Sent(due.Lateness, due.Attempt);
            _jobs.Tell(tick, Self);
        }

        Arm();
    }

    private void OnMissed(DueTick due)
    {
        SchedulingMetrics.Missed();
        if (due is { Missed: Missed.ButSome, Tick: { } tick })
            _log.Warning("More ticks of initiator {InitiatorId} of job {JobId} were missed than are made up for: those before {At} are dropped", tick.InitiatorId, tick.JobId, tick.At);
        else if (due.Tick is { } next)
            _log.Debug("Ticks of initiator {InitiatorId} of job {JobId} before {At} were missed", next.InitiatorId, next.JobId, next.At);
    }

    /// <summary>One timer, for the first entry; at most so far ahead, since timers do not hear of clocks that are set.</summary>
    private void Arm()
    {
        if (!_memory.Started || Book.NextWake is not { } wake)
        {
            Disarm();
            return;
        }

        if (_armedFor <= wake)
            return;
        var now = Now;
        var wait = wake - now;
        wait = wait > LongestWait ? LongestWait : wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
        _armedFor = now + wait;
        Timers.StartSingleTimer(TimeToLook.Instance, TimeToLook.Instance, wait);
    }

    private void Disarm()
    {
        if (_armedFor is null)
            return;
        _armedFor = null;
        Timers.Cancel(TimeToLook.Instance);
    }

    private sealed class TimeToLook
    {
        public static readonly TimeToLook Instance = new();
    }
}

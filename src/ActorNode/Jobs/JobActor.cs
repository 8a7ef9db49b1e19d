using System.Collections.Immutable;
using ActorNode.Jobs.Listing;
using ActorNode.Jobs.Runs;
using ActorNode.Protocol.Jobs;
using ActorNode.Storage;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace ActorNode.Jobs;

/// <summary>
/// One job, event-sourced: accepts what starts its runs, and sees each of them to its end. Child of the job's shell, which outlives a failing
/// journal.
/// <para>
/// Durability: a run exists when its acceptance is in the journal; it is listed before its requester is answered. A scheduled time is taken in
/// the same event as its run, so it starts one run, whatever fails. Ordering: runs start in the order in which they were accepted; with
/// <see cref="JobSpec.Ordered"/> each after the end of the one before. Restart: runs that are not settled go on before anything else is
/// answered.
/// </para>
/// </summary>
internal sealed class JobActor : UntypedPersistentActor, IWithTimers
{
    private readonly JobId _id;
    private readonly JobsContext _context;
    private readonly RunSlots _slots;
    private readonly JobRows _rows;

    /// <summary>Runs whose acceptance is on its way to the journal, and who waits for it.</summary>
    private readonly Dictionary<RunId, List<IActorRef>> _accepting = [];

    /// <summary>Runs that are finished and listed so, and of which the journal is told with the next event.</summary>
    private readonly HashSet<RunId> _settled = [];
    private JobState _state = JobState.None;
    private int _settling;
    private long _snapshotAt;
    private bool _savesSnapshot;
    private bool _stopping;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(JobId id, JobsContext context) => Akka.Actor.Props.Create(() => new JobActor(id, context));

    public JobActor(JobId id, JobsContext context)
    {
        _id = id;
        _context = context;
        _rows = new JobRows(context, Self, Timers);
        _slots = new RunSlots(context, Context, Timers);
        SetReceiveTimeout(context.Settings.PassivateAfter);
    }

    /// <summary>What the journal calls a job.</summary>
    public static string IdOf(JobId job) => $"job-{job}";

    /// <inheritdoc/>
    public override string PersistenceId => IdOf(_id);

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case IJobEvent jobEvent:
                _state = _state.Apply(jobEvent);
                break;
            case SnapshotOffer { Snapshot: JobSnapshot snapshot } offer:
                _state = JobState.Of(snapshot);
                _snapshotAt = offer.Metadata.SequenceNr;
                break;
            case RecoveryCompleted:
                GoOn();
                Context.Parent.Tell(Recovered.Instance);
                break;
            default:
                throw new InvalidOperationException($"the journal of {PersistenceId} holds a {message.GetType().Name}");
        }
    }

    /// <summary>Takes up what an earlier incarnation did not end, in the order in which it was accepted.</summary>
    private void GoOn()
    {
        if (_state.Spec is not { } spec)
            return;
        if (_state.ArchivedAt is not null)
            WriteJobRow(null, null);
        JobsMetrics.Unfinished(_state.Unfinished.Count);
        foreach (var accepted in _state.InOrder())
            Take(spec, accepted, [], recovered: true);
        _slots.Fill(spec);
    }

    /// <inheritdoc/>
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case JobCommands.Create create:
                OnCreate(create.Spec);
                break;
            case JobCommands.Wake:
                Sender.Tell(new JobReplies.Awake(_id, ShownSpec(), _state.ArchivedAt is not null, Unfinished, LastTicks()));
                break;
            case IWithJobId when _state.Spec is null:
                Sender.Tell(new JobReplies.NoSuchJob(_id));
                break;
            case JobCommands.StartRun start:
                OnStart(start, _state.Spec!);
                break;
            case JobCommands.Tick tick:
                OnTick(tick, _state.Spec!);
                break;
            case JobCommands.Archive:
                OnArchive();
                break;
            case JobCommands.ResumePending resume:
                ToRun(resume.RunId, resume, $"Attempting to resume non pending run {resume.RunId}");
                break;
            case JobCommands.ResumeConfirming resume:
                ToRun(resume.RunId, resume, "Attempt to resume non confirming task");
                break;
            case JobCommands.ResumeConnecting resume:
                ToRun(resume.RunId, resume, "Attempt to resume non connecting task");
                break;
            case JobQueries.RunOf query:
                OnRunQuery(query);
                break;
            case JobCommands.DeleteRun delete:
                OnDelete(delete);
                break;
            case JobQueries.StateOf:
                Sender.Tell(new JobReplies.JobState(ShownSpec()!, _state.ArchivedAt is not null, _slots.Running, _slots.Waiting, LastTicks()));
                break;
            case RunActor.Settled settled when _slots.Settled(settled.Run.Id):
                OnSettled(settled.Run);
                break;
            case RunActor.Parked parked:
                _slots.Parked(parked);
                _slots.Fill(_state.Spec!);
                break;
            case Terminated ended:
                _slots.Ended(ended.ActorRef);
                StopWhenIdle();
                break;
            case RunSlots.Retry retry:
                _slots.Again(retry.Run);
                _slots.Fill(_state.Spec!);
                break;
            case CommitActor.Committed committed:
                _rows.Stored(committed.Request);
                StopWhenIdle();
                break;
            case CommitActor.Failed failed:
                _rows.Failed(failed, _id);
                break;
            case JobRows.Retry retry:
                _rows.Again(retry);
                break;
            case SettleTick:
                Settle();
                break;
            case ReceiveTimeout:
                if (IsIdle)
                    Context.Parent.Tell(Idle.Instance);
                break;
            case Leave or Stop:
                // What came since this actor was idle must not wait for it: it stops all the same, and the shell has it come back.
                if (message is Leave && !IsIdle)
                    Context.Parent.Tell(Needed.Instance);
                _stopping = true;
                _slots.Stop();
                StopWhenIdle();
                break;
            case SaveSnapshotSuccess saved:
                OnSnapshotSaved(saved.Metadata.SequenceNr);
                break;
            case SaveSnapshotFailure failed:
                // Recovery takes longer, nothing else: the next events try again.
                _savesSnapshot = false;
                Log.Warning(failed.Cause, "The snapshot of job {JobId} could not be saved", _id);
                break;
            case RunActor.Settled or DeleteMessagesSuccess or DeleteMessagesFailure or DeleteSnapshotsSuccess or DeleteSnapshotsFailure:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private DateTimeOffset Now => _context.Clock.GetUtcNow();

    /// <summary>Runs that are accepted and not finished.</summary>
    private int Unfinished => _state.Unfinished.Count - _settled.Count + _accepting.Count;

    private void OnCreate(JobSpec spec)
    {
        if (_state.Spec is { } known)
        {
            // A repeated command: the first one counts. Its row may never have been stored, and then nobody has heard of the job.
            WriteJobRow(Sender, new JobReplies.Created(known), PublishCreated);
            return;
        }

        if (_context.Problems(spec) is { Length: > 0 } problems)
        {
            Sender.Tell(new JobReplies.Invalid(_id, problems));
            return;
        }

        Persist(new JobCreated(spec), created =>
        {
            Stored(created);
            // Nothing starts it before it is listed: a node that starts again knows its jobs by the list.
            WriteJobRow(Sender, new JobReplies.Created(spec), PublishCreated);
        });
    }

    private void PublishCreated()
    {
        if (_state.ArchivedAt is null)
            Context.System.EventStream.Publish(new JobEvents.JobCreated(_state.Spec!));
    }

    private void OnArchive()
    {
        if (_state.ArchivedAt is not null)
        {
            WriteJobRow(Sender, new JobReplies.Archived(_id));
            return;
        }

        Persist(new JobArchived(Now), archived =>
        {
            Stored(archived);
            Context.System.EventStream.Publish(new JobEvents.JobArchived(_id));
            WriteJobRow(Sender, new JobReplies.Archived(_id));
        });
    }

    private void OnStart(JobCommands.StartRun start, JobSpec spec)
    {
        if (_state.Unfinished.TryGetValue(start.RunId, out var known))
        {
            _rows.Write(RunRows.Of(RunMachine.Begin(spec, known), 0), Sender, new JobReplies.Started(RunMachine.Begin(spec, known)));
            return;
        }

        if (_accepting.TryGetValue(start.RunId, out var waiting))
        {
            waiting.Add(Sender);
            return;
        }

        var initiator = spec.Initiators.FirstOrDefault(initiator => initiator.Type == start.By
            && (start.InitiatorId is not { } id || initiator.Id == id)
            && (start.By != InitiatorType.External || string.Equals(initiator.Name, start.ExternalName, StringComparison.OrdinalIgnoreCase)));
        var refusal = initiator is null && _state.ArchivedAt is null
            ? (RunRefusal.NoInitiator, $"job {_id} has no such {start.By.ToString().ToLowerInvariant()} initiator")
            : Refusal(Now);
        if (refusal is { } refused)
        {
            JobsMetrics.Refused(refused.Reason);
            Sender.Tell(new JobReplies.Refused(_id, start.RunId, refused.Reason, refused.Detail));
            return;
        }

        Accept(spec, new RunAccepted(start.RunId, initiator!.Id, Now, start.Input) { Height = start.Height, Origin = start.Origin }, Sender);
    }

    private void OnTick(JobCommands.Tick tick, JobSpec spec)
    {
        var initiator = spec.Initiators.FirstOrDefault(initiator => initiator.Id == tick.InitiatorId && initiator.Type is InitiatorType.Cron or InitiatorType.RunAt);
        if (_state.Ticks.TryGetValue(tick.InitiatorId, out var last) && (last >= tick.At || initiator?.Type == InitiatorType.RunAt))
        {
            Sender.Tell(new JobReplies.TickTaken(_id, tick.InitiatorId, tick.At, null));
            return;
        }

        // Of an initiator and a time there is one run: who asks again while it is on its way to the journal waits for the same.
        var run = RunId.Of(_id, tick.InitiatorId, tick.At);
        if (_accepting.TryGetValue(run, out var waiting))
        {
            waiting.Add(Sender);
            return;
        }

        // A tick that comes a little late is of its time yet; a single time is late when it is.
        var refusal = initiator is null
            ? (RunRefusal.NoInitiator, $"job {_id} has no scheduled initiator {tick.InitiatorId}")
            : Refusal(initiator.Type == InitiatorType.Cron ? tick.At : Now);
        if (refusal is { } refused)
        {
            JobsMetrics.Refused(refused.Reason);
            Sender.Tell(new JobReplies.TickRefused(_id, tick.InitiatorId, tick.At, refused.Reason, refused.Detail));
            return;
        }

        var overlaps = initiator!.Type == InitiatorType.Cron && Unfinished > 0;
        if (overlaps && initiator.Overlap == OverlapPolicy.Skip)
        {
            Persist(new TickDropped(tick.InitiatorId, tick.At), dropped =>
            {
                Stored(dropped);
                JobsMetrics.TickDropped();
                Log.Info("Job {JobId} drops the tick of {At}: a run is not finished", _id, tick.At);
                Sender.Tell(new JobReplies.TickTaken(_id, tick.InitiatorId, tick.At, null));
            });
            return;
        }

        var accepted = new RunAccepted(run, initiator.Id, Now, RunResult.None)
        {
            Tick = tick.At,
            Alone = initiator.Overlap == OverlapPolicy.Queue,
        };
        Accept(spec, accepted, Sender);
    }

    private (RunRefusal Reason, string Detail)? Refusal(DateTimeOffset at) =>
        _stopping ? (RunRefusal.Stopping, "the node is shutting down")
        : _state.Refusal(at) ?? (Unfinished < _context.Settings.MaxUnfinishedRuns
            ? null
            : (RunRefusal.Busy, $"job {_id} has {Unfinished} unfinished runs, which is its limit"));

    /// <summary>Several runs may be on their way to the journal at once; it keeps their order.</summary>
    private void Accept(JobSpec spec, RunAccepted accepted, IActorRef requester)
    {
        accepted = RunAccepted.Of(spec, accepted with { Number = LastSequenceNr + _accepting.Count }, _context.Adapters, _context.Settings);
        _accepting.Add(accepted.Run, [requester]);
        var events = TakeSettled() is { } settled ? new IJobEvent[] { settled, accepted } : [accepted];
        PersistAllAsync(events, stored =>
        {
            Stored(stored);
            if (stored is RunsSettled)
            {
                _settling--;
                return;
            }

            _accepting.Remove(accepted.Run, out var requesters);
            JobsMetrics.Accepted(spec.Initiators.First(initiator => initiator.Id == accepted.Initiator).Type);
            JobsMetrics.Unfinished(1);
            Take(spec, accepted, requesters!, recovered: false);
            _slots.Fill(spec);
        });
    }

    /// <summary>A run that is in the journal is listed, its requesters are answered, and it waits for its turn.</summary>
    private void Take(JobSpec spec, RunAccepted accepted, List<IActorRef> requesters, bool recovered)
    {
        var run = RunMachine.Begin(spec, accepted);
        Context.System.EventStream.Publish(new JobEvents.RunChanged(run));
        var row = RunRows.Of(run, 0);
        object reply = accepted.Tick is { } tick
            ? new JobReplies.TickTaken(_id, accepted.Initiator, tick, accepted.Run)
            : new JobReplies.Started(run);
        if (run.Status.IsFinished())
        {
            _rows.Write(row, requesters, reply, () => OnSettled(run));
        }
        else
        {
            // Its place is taken now, its turn comes when it is listed: a bridge that is fast must find the run that it answers to.
            _slots.Add(accepted, spec, recovered);
            _rows.Write(row, requesters, reply, () =>
            {
                _slots.Listed(accepted.Run);
                _slots.Fill(spec);
            });
        }

        if (accepted.Tick is not null && run.Initiator.Type == InitiatorType.RunAt && requesters.Count > 0)
            WriteJobRow(null, null);
    }

    private void OnSettled(JobRun run)
    {
        JobsMetrics.Unfinished(-1);
        JobsMetrics.Ended(run);
        if (run.Status == RunStatus.Errored)
            Log.Info("Run {RunId} of job {JobId} failed: {Error}", run.Id, _id, run.Result.Error);
        _settled.Add(run.Id);
        _slots.Fill(_state.Spec!);
        if (_settled.Count >= MaxSettled)
            Settle();
        else if (_settled.Count == 1)
            Timers.StartSingleTimer(SettleTick.Instance, SettleTick.Instance, SettleDelay);
    }

    /// <summary>A restart that misses this finds the runs finished, and settles them again.</summary>
    private void Settle()
    {
        if (TakeSettled() is not { } settled)
            return;
        PersistAsync(settled, stored =>
        {
            Stored(stored);
            _settling--;
            StopWhenIdle();
        });
    }

    private RunsSettled? TakeSettled()
    {
        if (_settled.Count == 0)
            return null;
        var settled = new RunsSettled([.. _settled]);
        // Out of the set and yet in the state: Unfinished would count them as unfinished again.
        _state = _state.Apply(settled);
        _settled.Clear();
        Timers.Cancel(SettleTick.Instance);
        _settling++;
        return settled;
    }

    private void ToRun(RunId run, object message, string problem)
    {
        if (_slots.Find(run) is { } actor)
            actor.Forward(message);
        else if (_slots.TryHold(run, message, Sender))
            return;
        else if (_slots.IsClosed(run))
            Sender.Tell(Closed(run));
        else if (_slots.IsWaiting(run) || _accepting.ContainsKey(run))
            Sender.Tell(new JobReplies.NotResumed(run, problem));
        else
            Sender.Tell(new JobReplies.NoSuchRun(run));
    }

    private void OnRunQuery(JobQueries.RunOf query)
    {
        if (_slots.Find(query.RunId) is { } actor)
            actor.Forward(query);
        else if (_slots.TryHold(query.RunId, query, Sender))
            return;
        else if (_slots.IsClosed(query.RunId))
            Sender.Tell(Closed(query.RunId));
        else if (_slots.IsWaiting(query.RunId))
            Sender.Tell(new JobReplies.RunIs(RunMachine.Begin(_state.Spec!, _state.Unfinished[query.RunId])));
        else
            Sender.Tell(new JobReplies.NoSuchRun(query.RunId));
    }

    /// <summary>What such a run is at, only its journal knows: who asks has to come again, a bridge with its answer above all.</summary>
    private JobReplies.Failed Closed(RunId run) => new(_id, $"the journal of run {run} cannot be read or written");

    private void OnDelete(JobCommands.DeleteRun delete)
    {
        if (_accepting.ContainsKey(delete.RunId) || (_state.Unfinished.ContainsKey(delete.RunId) && !_settled.Contains(delete.RunId)))
        {
            Sender.Tell(new JobReplies.NotResumed(delete.RunId, $"run {delete.RunId} is not finished"));
            return;
        }

        // A run without events that its job does not know as settled would be performed again after a restart.
        Settle();
        DeferAsync(delete, Purge);
    }

    private void Purge(JobCommands.DeleteRun delete)
    {
        if (Context.Child("purge-" + delete.RunId).IsNobody())
            Context.ActorOf(RunPurgeActor.Props(delete, Sender, _context), "purge-" + delete.RunId);
        else
            Sender.Tell(new JobReplies.Failed(_id, $"run {delete.RunId} is being deleted"));
    }

    private void WriteJobRow(IActorRef? requester, object? reply, Action? then = null) => _rows.Write(
        new JobRow(_id, LastSequenceNr, _state.Spec!.CreatedAt, _state.ArchivedAt, JobRows.Body(ShownSpec()!)), requester, reply, then);

    /// <summary>The job as operators see it: with what became of its times.</summary>
    private JobSpec? ShownSpec() => _state.Spec is not { } spec || spec.Initiators.All(initiator => initiator.Type != InitiatorType.RunAt)
        ? _state.Spec
        : spec with { Initiators = [.. spec.Initiators.Select(i => i.Type == InitiatorType.RunAt ? i with { Ran = _state.Ticks.ContainsKey(i.Id) } : i)] };

    private ImmutableArray<JobReplies.LastTick> LastTicks() => [.. _state.Ticks.Select(tick => new JobReplies.LastTick(tick.Key, tick.Value))];

    private void Stored(IJobEvent jobEvent)
    {
        _state = _state.Apply(jobEvent);
        if (_savesSnapshot || LastSequenceNr - _snapshotAt < _context.Settings.SnapshotEvery)
            return;
        _savesSnapshot = true;
        SaveSnapshot(_state.ToSnapshot());
    }

    /// <summary>Of what lies before a snapshot, only what lies before the one before it goes: the newest alone is never all that there is.</summary>
    private void OnSnapshotSaved(long sequence)
    {
        _savesSnapshot = false;
        if (_snapshotAt > 0)
        {
            DeleteMessages(_snapshotAt);
            DeleteSnapshots(new SnapshotSelectionCriteria(_snapshotAt - 1));
        }

        _snapshotAt = sequence;
    }

    private bool IsIdle => _accepting.Count == 0 && _settled.Count == 0 && _settling == 0 && _rows.IsIdle && _slots.IsIdle && !Context.GetChildren().Any();

    private void StopWhenIdle()
    {
        if (_stopping && _accepting.Count == 0 && _rows.IsIdle && _slots.IsStopped)
            Context.Stop(Self);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        JobsMetrics.Unfinished(-(_state.Unfinished.Count - _settled.Count));
        foreach (var requester in _accepting.Values.SelectMany(requesters => requesters))
            requester.Tell(new JobReplies.Failed(_id, "the job was stopped before this was stored"));
        _rows.Dispose(_id);
        _slots.Dispose(new JobReplies.Failed(_id, "the job was stopped before its run was read"));
        base.PostStop();
    }

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistFailure(cause, @event, sequenceNr);
        Context.Parent.Tell(new StoreFailed(cause.Message));
    }

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        // Whoever waits for the event would wait for ever.
        Context.Parent.Tell(new StoreFailed(cause.Message));
        Context.Stop(Self);
    }

    /// <inheritdoc/>
    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        base.OnRecoveryFailure(reason, message);
        Context.Parent.Tell(new StoreFailed(reason.Message));
    }

    /// <summary>A run stops itself when its journal fails; it is opened again after a back-off. A failure of its own is no other.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    /// <summary>Runs of which the journal is told at once at the latest.</summary>
    private const int MaxSettled = 256;

    /// <summary>How long the journal may not know of a finished run when nothing else is written.</summary>
    private static readonly TimeSpan SettleDelay = TimeSpan.FromSeconds(1);

    /// <summary>To the parent: the job is known.</summary>
    public sealed class Recovered
    {
        public static readonly Recovered Instance = new();
    }

    /// <summary>To the parent: there was nothing to do for a while.</summary>
    public sealed class Idle
    {
        public static readonly Idle Instance = new();
    }

    /// <summary>To the parent: it ends as it was told, but something is not finished.</summary>
    public sealed class Needed
    {
        public static readonly Needed Instance = new();
    }

    /// <summary>To the parent, before the end.</summary>
    public sealed record StoreFailed(string Error);

    /// <summary>Stop, since there is nothing to do.</summary>
    public sealed class Leave
    {
        public static readonly Leave Instance = new();
    }

    /// <summary>Start nothing more, let what is under way end, and stop.</summary>
    public sealed class Stop
    {
        public static readonly Stop Instance = new();
    }

    private sealed class SettleTick
    {
        public static readonly SettleTick Instance = new();
    }
}

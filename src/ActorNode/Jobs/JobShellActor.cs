using ActorNode.Protocol.Jobs;
using ActorNode.Storage;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;

namespace ActorNode.Jobs;

/// <summary>
/// The way to one job, which stays while the job's journal fails: whoever asks meanwhile is told so at once, and the job comes back by itself
/// when its back-off has passed, to go on with its runs.
/// <para>
/// Ordering: messages of one sender reach the job in the order sent. Duplicates: none are made. Loss: what the job had in its mailbox when its
/// journal failed is not answered.
/// </para>
/// </summary>
internal sealed class JobShellActor : UntypedActor, IWithTimers
{
    /// <summary>Most messages that wait for a job which is just being read; more are answered as failed.</summary>
    public const int MaxHeld = 10_000;

    private readonly JobId _id;
    private readonly JobsContext _context;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Queue<(IWithJobId Message, IActorRef Sender)> _held = [];
    private IActorRef? _job;
    private bool _ready;
    private int _failures;
    private string? _error;
    private object? _ending;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(JobId id, JobsContext context) => Akka.Actor.Props.Create(() => new JobShellActor(id, context));

    public JobShellActor(JobId id, JobsContext context)
    {
        _id = id;
        _context = context;
    }

    protected override void PreStart() => Open();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case IWithJobId request:
                OnRequest(request);
                break;
            case JobActor.Recovered when Sender.Equals(_job):
                OnRecovered();
                break;
            case JobActor.StoreFailed failed when Sender.Equals(_job):
                _error = failed.Error;
                break;
            case Terminated ended when ended.ActorRef.Equals(_job):
                OnEnded();
                break;
            case Reopen:
                Open();
                break;
            case JobActor.Idle when _ending is null:
                Context.Parent.Tell(new Passivate(Leave.Instance));
                break;
            case JobActor.Needed:
                // Kept by the region until this actor has ended, and handed to its successor.
                Context.Parent.Tell(new JobCommands.Wake(_id), ActorRefs.NoSender);
                break;
            case Leave or Stop:
                End(message);
                break;
            case JobActor.Idle or JobActor.Recovered or JobActor.StoreFailed or Terminated:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Open()
    {
        _ready = false;
        _job = Context.Watch(Context.ActorOf(JobActor.Props(_id, _context), "job"));
    }

    private void OnRequest(IWithJobId request)
    {
        if (_ready)
            _job!.Forward(request);
        else if (_job is not null && _held.Count < MaxHeld)
            _held.Enqueue((request, Sender));
        else
            Sender.Tell(Failed());
    }

    private void OnRecovered()
    {
        _ready = true;
        _failures = 0;
        _error = null;
        while (_held.TryDequeue(out var held))
            _job!.Tell(held.Message, held.Sender);
    }

    private void OnEnded()
    {
        _job = null;
        _ready = false;
        if (_ending is not null)
        {
            Context.Stop(Self);
            return;
        }

        _error ??= "its actor failed";
        AnswerHeld();
        _failures++;
        var delay = Backoff.Delay(_failures, _context.Settings.MinBackoff, _context.Settings.MaxBackoff, _context.Random.NextDouble());
        _log.Warning("Job {JobId} is opened again in {Delay}: {Error}", _id, delay, _error);
        Timers.StartSingleTimer(Reopen.Instance, Reopen.Instance, delay);
    }

    private void End(object how)
    {
        _ending = how;
        if (_job is null)
            Context.Stop(Self);
        else
            _job.Tell(how is Stop ? JobActor.Stop.Instance : JobActor.Leave.Instance);
    }

    private void AnswerHeld()
    {
        while (_held.TryDequeue(out var held))
            held.Sender.Tell(Failed());
    }

    private JobReplies.Failed Failed() => new(_id, $"the journal of job {_id} cannot be read or written: {_error ?? "too many requests wait for it"}");

    protected override void PostStop() => AnswerHeld();

    /// <summary>The job stops itself when its journal fails. A failure of its own is no other: it ends, and a successor recovers.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    /// <summary>The job is idle: finish what came meanwhile and stop.</summary>
    public sealed class Leave
    {
        public static readonly Leave Instance = new();
    }

    /// <summary>The node stops: let running tasks end, start nothing more, and stop.</summary>
    public sealed class Stop
    {
        public static readonly Stop Instance = new();
    }

    private sealed class Reopen
    {
        public static readonly Reopen Instance = new();
    }
}

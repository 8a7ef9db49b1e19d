using System.Collections.Immutable;
using System.Diagnostics;
using ActorNode.Messages;
using Akka.Actor;
using Akka.Event;

namespace ActorNode.Storage;

/// <summary>
/// The only writer of the node's database: one transaction for what many actors ask for. Whatever arrives while a transaction is being
/// written goes into the next one, up to the limits of <see cref="CommitSettings"/>.
/// <para>
/// Ordering: requests are committed in the order in which they arrive. Every <see cref="Commit"/> is answered once, with
/// <see cref="Committed"/> after its transaction is durable, or <see cref="Failed"/>; also when this actor is restarted or stopped.
/// A failure that is one request's own fault fails that request alone. Duplicates: a request whose answer was <see cref="Failed"/> may
/// be stored all the same (connection lost in the commit); commands are idempotent, so its sender repeats it.
/// </para>
/// </summary>
public sealed class CommitActor : UntypedActor, IWithTimers
{
    /// <summary>What it is called among the services.</summary>
    public const string ServiceName = "storage";

    /// <summary>A transaction that takes longer than this, at most twice as long, costs readiness while it lasts: a hung disk fails nothing.</summary>
    public static readonly TimeSpan LongTransaction = TimeSpan.FromSeconds(15);

    private readonly INodeStore _store;
    private readonly CommitSettings _settings;
    private readonly StoreHealth _health;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    /// <summary>Accepted, in order of arrival.</summary>
    private readonly Queue<Request> _waiting = [];

    /// <summary>Requests of a failed transaction that are tried again one by one, to find the one at fault; before all others.</summary>
    private readonly Queue<Request> _suspects = [];

    /// <summary>The requests of the transaction under way; empty when there is none.</summary>
    private readonly List<Request> _group = [];

    /// <summary>The commands of <see cref="_group"/>: which transaction an outcome belongs to. An earlier incarnation's is ignored.</summary>
    private List<CommitCommand>? _underWay;

    private int _waitingRows;
    private long _waitingBytes;
    private long _startedAt;
    private bool _startPending;
    private bool _stopping;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(INodeStore store, CommitSettings settings, IActorRef services, Random random) =>
        Akka.Actor.Props.Create(() => new CommitActor(store, settings, services, random));

    public CommitActor(INodeStore store, CommitSettings settings, IActorRef services, Random random)
    {
        _store = store;
        _settings = settings;
        _health = new StoreHealth(store.Location, services, Timers, random, _log);
    }

    protected override void PreStart() => _health.Started();

    protected override void PostRestart(Exception reason) => _health.Started(reason);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Commit commit:
                Accept(new Request(commit, Sender));
                break;
            case Start:
                _startPending = false;
                BeginTransaction();
                break;
            case Durable durable when durable.Commands == _underWay:
                OnDurable(durable);
                break;
            case Broken broken when broken.Commands == _underWay:
                OnBroken(broken);
                break;
            case Durable or Broken:
                break;
            case StoreHealth.ProbeTick:
                Accept(new Request(new Commit([new CommitCommand.Probe()]), Self));
                break;
            case StoreHealth.LookTick:
                _health.Look(Idle ? null : _underWay, _group.Count);
                break;
            case Committed or Failed:
                // The answer to a probe of this actor's own: what it tells was seen when it was sent. One that failed in an
                // unexpected way must not be the last.
                if (_health.Failing)
                    _health.ArmProbe();
                break;
            case Stop:
                _stopping = true;
                StopWhenIdle();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private bool Idle => _group.Count == 0;

    private void Accept(Request request)
    {
        _waiting.Enqueue(request);
        _waitingRows += request.Commit.Rows;
        _waitingBytes += request.Commit.Bytes;
        CommitMetrics.Queued(1);
        if (Idle)
            ScheduleStart();
    }

    /// <summary>
    /// Starts by a message to itself, so that requests which are in the mailbox already join the transaction; or by a timer, where the
    /// settings let a small transaction wait for more.
    /// </summary>
    private void ScheduleStart()
    {
        var full = _waitingRows >= _settings.MaxRows || _waitingBytes >= _settings.MaxBytes;
        if (full || _settings.MaxDelay <= TimeSpan.Zero)
        {
            Timers.Cancel(Start.Instance);
            if (!_startPending)
                Self.Tell(Start.Instance);
            _startPending = true;
        }
        else if (!Timers.IsTimerActive(Start.Instance))
        {
            Timers.StartSingleTimer(Start.Instance, Start.Instance, _settings.MaxDelay);
        }
    }

    private void BeginTransaction()
    {
        if (!Idle || _waiting.Count + _suspects.Count == 0)
            return;
        var commands = _underWay = TakeGroup();
        _startedAt = Stopwatch.GetTimestamp();
        CommitAsync(commands)
            .PipeTo(Self, success: results => new Durable(commands, results), failure: error => new Broken(commands, error));
    }

    /// <summary>A store that throws at once fails its transaction as any other does, and not this actor.</summary>
    private async Task<ImmutableArray<CommitResult>> CommitAsync(List<CommitCommand> commands) =>
        await _store.CommitAsync(commands, CancellationToken.None).ConfigureAwait(false);

    private List<CommitCommand> TakeGroup()
    {
        var rows = 0;
        var bytes = 0L;
        var commands = new List<CommitCommand>();
        if (_suspects.TryDequeue(out var suspect))
        {
            Take(suspect);
        }
        else
        {
            while (rows < _settings.MaxRows && bytes < _settings.MaxBytes && _waiting.TryDequeue(out var request))
            {
                _waitingRows -= request.Commit.Rows;
                _waitingBytes -= request.Commit.Bytes;
                Take(request);
            }
        }

        CommitMetrics.Queued(-_group.Count);
        return commands;

        void Take(Request request)
        {
            _group.Add(request);
            commands.AddRange(request.Commit.Commands);
            rows += request.Commit.Rows;
            bytes += request.Commit.Bytes;
        }
    }

    private void OnDurable(Durable durable)
    {
        var duration = Stopwatch.GetElapsedTime(_startedAt);
        _health.Answered(duration);
        CommitMetrics.Transaction(duration, durable.Results.Length, _group.Sum(r => r.Commit.Rows));
        var next = 0;
        foreach (var request in _group)
        {
            var count = request.Commit.Commands.Length;
            request.Sender.Tell(new Committed(request.Commit, durable.Results.Slice(next, count)));
            next += count;
        }

        _group.Clear();
        _health.Works();
        Continue();
    }

    private void OnBroken(Broken broken)
    {
        _health.Answered(Stopwatch.GetElapsedTime(_startedAt));
        if (broken.Error is StoreUnavailableException)
            _health.Unavailable(broken.Error);
        if (broken.Error is not StoreUnavailableException && _group.Count > 1)
            SuspectGroup(broken.Error);
        else
            FailGroup(broken.Error);
        Continue();
    }

    /// <summary>One request of the group is at fault: each gets a transaction of its own, in the same order.</summary>
    private void SuspectGroup(Exception error)
    {
        _log.Warning(error, "A transaction of {Requests} requests failed; trying them one by one", _group.Count);
        foreach (var request in _group)
            _suspects.Enqueue(request);
        CommitMetrics.Queued(_group.Count);
        _group.Clear();
    }

    private void FailGroup(Exception error)
    {
        foreach (var request in _group)
            request.Sender.Tell(new Failed(request.Commit, error));
        _group.Clear();
    }

    private void Continue()
    {
        if (_suspects.Count > 0)
            BeginTransaction();
        else if (_waiting.Count > 0)
            ScheduleStart();
        StopWhenIdle();
    }

    private void StopWhenIdle()
    {
        if (_stopping && Idle && _waiting.Count + _suspects.Count == 0)
            Context.Stop(Self);
    }

    protected override void PostStop()
    {
        var cause = new StoreUnavailableException("the commit actor was stopped before the outcome was known") { OutcomeUnknown = true };
        CommitMetrics.Queued(-_waiting.Count - _suspects.Count);
        foreach (var request in _group.Concat(_suspects).Concat(_waiting))
            request.Sender.Tell(new Failed(request.Commit, cause));
    }

    /// <summary>Carry out these commands, all in one transaction. Reply: <see cref="Committed"/> or <see cref="Failed"/>.</summary>
    public sealed class Commit
    {
        public Commit(ImmutableArray<CommitCommand> commands)
        {
            Commands = commands;
            foreach (var command in commands)
            {
                Rows += command.Rows;
                Bytes += command.Bytes;
            }
        }

        public ImmutableArray<CommitCommand> Commands { get; }
        public int Rows { get; }
        public long Bytes { get; }
    }

    /// <summary>The commands' transaction is durable. Results by position.</summary>
    public sealed record Committed(Commit Request, ImmutableArray<CommitResult> Results);

    /// <summary>The commands failed, or, with a <see cref="StoreUnavailableException"/>, may have: repeat them.</summary>
    public sealed record Failed(Commit Request, Exception Error);

    /// <summary>Finish what was accepted, then stop.</summary>
    public sealed class Stop
    {
        public static readonly Stop Instance = new();
    }

    private readonly record struct Request(Commit Commit, IActorRef Sender);

    private sealed record Durable(List<CommitCommand> Commands, ImmutableArray<CommitResult> Results);

    private sealed record Broken(List<CommitCommand> Commands, Exception Error);

    private sealed class Start
    {
        public static readonly Start Instance = new();
    }
}

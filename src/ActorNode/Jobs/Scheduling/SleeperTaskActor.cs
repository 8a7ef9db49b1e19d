using Akka.Actor;
using Akka.Event;

namespace ActorNode.Jobs.Scheduling;

/// <summary>
/// Does one piece of work whenever it is woken, never two at once. Wakes coalesce: however many come while it works, or before it is started,
/// the work is done once more. Begins stopped.
/// <para>
/// <see cref="Stop"/> lets work in progress end and is not told of its end; a wake that came since is kept for the next <see cref="Start"/>.
/// Work that fails is logged and counted, and the next wake does it again. The token is cancelled when the actor itself ends.
/// </para>
/// </summary>
public sealed class SleeperTaskActor : ReceiveActor
{
    private readonly string _name;
    private readonly Func<CancellationToken, Task> _work;
    private readonly CancellationTokenSource _ended = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();

    private bool _started;
    private bool _woken;
    private bool _working;
    private long _runs;
    private long _failures;
    private string? _lastError;

    /// <param name="name">What the work is called in logs and metrics.</param>
    /// <param name="work">The work. Called inside the actor; what it awaits is not.</param>
    public static Props Props(string name, Func<CancellationToken, Task> work) => Akka.Actor.Props.Create(() => new SleeperTaskActor(name, work));

    public SleeperTaskActor(string name, Func<CancellationToken, Task> work)
    {
        _name = name;
        _work = work;
        Receive<Start>(_ => OnStart());
        Receive<Stop>(_ => _started = false);
        Receive<WakeUp>(_ => OnWakeUp());
        Receive<GetStatus>(_ => Sender.Tell(new Status(_started, _working, _woken, _runs, _failures, _lastError)));
        Receive<Done>(OnDone);
    }

    protected override void PostStop()
    {
        _ended.Cancel();
        _ended.Dispose();
    }

    private void OnStart()
    {
        _started = true;
        WorkIfWoken();
    }

    private void OnWakeUp()
    {
        _woken = true;
        WorkIfWoken();
    }

    private void OnDone(Done done)
    {
        _working = false;
        _runs++;
        if (done.Error is { } error)
        {
            _failures++;
            _lastError = error.Message;
            SchedulingMetrics.SleeperFailed(_name);
            _log.Error(error, "{Work} failed; the next wake does it again", _name);
        }

        WorkIfWoken();
    }

    private void WorkIfWoken()
    {
        if (!_started || !_woken || _working)
            return;
        // Before the work looks at anything: a wake from here on is another one.
        _woken = false;
        _working = true;
        WorkAsync().PipeTo(Self, success: () => new Done(null), failure: error => new Done(error));
    }

    /// <summary>Turns an exception of the call itself into a failed task.</summary>
    private async Task WorkAsync() => await _work(_ended.Token);

    /// <summary>Wakes have their effect from now on, the one before included.</summary>
    public sealed class Start
    {
        /// <summary>The only instance.</summary>
        public static readonly Start Instance = new();

        private Start()
        {
        }
    }

    /// <summary>Wakes are kept for the next start.</summary>
    public sealed class Stop
    {
        /// <summary>The only instance.</summary>
        public static readonly Stop Instance = new();

        private Stop()
        {
        }
    }

    /// <summary>Do the work, once more when it is being done.</summary>
    public sealed class WakeUp
    {
        /// <summary>The only instance.</summary>
        public static readonly WakeUp Instance = new();

        private WakeUp()
        {
        }
    }

    /// <summary>Reply: <see cref="Status"/>.</summary>
    public sealed class GetStatus
    {
        /// <summary>The only instance.</summary>
        public static readonly GetStatus Instance = new();

        private GetStatus()
        {
        }
    }

    /// <summary>Whether it was started, is at work, was woken since; how often the work ended, how often in failure, and the last failure.</summary>
    public sealed record Status(bool Started, bool Working, bool Woken, long Runs, long Failures, string? LastError);

    private sealed record Done(Exception? Error) : IDeadLetterSuppression;
}

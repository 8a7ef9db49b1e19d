using System.Diagnostics;
using Akka.Actor;
using Akka.Event;

namespace ActorNode.Upkeep;

/// <summary>
/// Writes one object. At most one write is under way; of what is asked for meanwhile the newest is kept and written next, the rest is covered
/// by it. A critical object is tried again a few times and then reported as failed to who waits; any other is tried again until it works.
/// <para>
/// Ordering: writes begin in the order of what was asked, and who asked hears <see cref="Persisted"/> only when its version or a newer one is
/// durable. A restart forgets nothing that the object itself does not know: it is asked for again.
/// </para>
/// </summary>
internal sealed class PersistenceWriterActor : ReceiveActor, IWithTimers
{
    private readonly WriterTarget _target;
    private readonly UpkeepContext _context;
    private readonly IActorRef _owner;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<(IActorRef Asker, Persist Request)> _waiting = [];

    private WriterState _state;

    /// <summary>What is to be written next: the newest that was asked for, or what failed.</summary>
    private Persist? _pending;
    private Write? _write;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="target">What is written, and how.</param>
    /// <param name="state">Where an earlier writer of it stood.</param>
    /// <param name="context">Settings and clock.</param>
    /// <param name="owner">Hears of each change of the <see cref="WriterState"/>.</param>
    public static Props Props(WriterTarget target, WriterState state, UpkeepContext context, IActorRef owner) =>
        Akka.Actor.Props.Create(() => new PersistenceWriterActor(target, state, context, owner));

    public PersistenceWriterActor(WriterTarget target, WriterState state, UpkeepContext context, IActorRef owner)
    {
        _target = target;
        _state = state with { Writing = null, NextAttempt = null, Attempts = 0 };
        _context = context;
        _owner = owner;
        Receive<Persist>(OnPersist);
        Receive<Written>(OnWritten);
        Receive<WriteFailed>(failed => OnFailed(failed.Write, failed.Error));
        Receive<TimedOut>(OnTimedOut);
        Receive<RetryTick>(_ => BeginPending());
        Receive<Hurry>(_ => OnHurry());
    }

    private DateTimeOffset Now => _context.Clock.GetUtcNow();

    /// <summary>Somebody waits for the end of what is pending.</summary>
    private bool Final => _waiting.Exists(w => w.Request.Final);

    private void OnPersist(Persist request)
    {
        _state = _state.Asked(request.Version);
        if (request.Final)
            _state = _state with { Attempts = 0 };
        _pending = request with { Version = _state.Version };

        // One an asker: its newest version covers the others.
        var asker = Sender;
        _waiting.RemoveAll(w => w.Asker.Equals(asker));
        _waiting.Add((asker, _pending));
        if (_write is null && (_state.NextAttempt is null || request.Final))
            BeginPending();
    }

    private void OnHurry()
    {
        if (_write is null && _pending is not null)
            BeginPending();
    }

    private void BeginPending()
    {
        if (_write is not null || _pending is not { } request)
            return;
        Timers.Cancel(RetryTick.Instance);
        _pending = null;
        var write = new Write(request, Stopwatch.GetTimestamp(), new CancellationTokenSource());
        _write = write;
        TakeOver(_state.Begun(request.Version!.Value));
        Timers.StartSingleTimer(nameof(TimedOut), new TimedOut(write), _context.Settings.Persistence.Timeout);
        _context.Threads.RunWork(() => _target.WriteAsync(request.Snapshot, write.Cancellation.Token))
            .PipeTo(Self, success: bytes => new Written(write, bytes), failure: error => new WriteFailed(write, error));
    }

    private void OnWritten(Written written)
    {
        // Of a write that was given up nobody waits for the end any more; that it worked after all changes nothing.
        if (written.Write != _write)
            return;
        EndWrite();
        UpkeepMetrics.Written(_state.Name, written.Bytes, Stopwatch.GetElapsedTime(written.Write.Started));
        if (_state.FailuresInARow > 0)
            _log.Info("{Object} is persisted again after {Failures} failed writes", _state.Name, _state.FailuresInARow);
        TakeOver(_state.Written(written.Bytes, Now));
        var persisted = _state.PersistedVersion;
        foreach (var (asker, request) in _waiting.Where(w => w.Request.Version <= persisted))
            asker.Tell(new Persisted(_state.Name, request.Version!.Value, request.Operations, request.Final));
        _waiting.RemoveAll(w => w.Request.Version <= persisted);
        BeginPending();
    }

    private void OnTimedOut(TimedOut timedOut)
    {
        if (timedOut.Write != _write)
            return;
        timedOut.Write.Cancellation.CancelAside(_log);
        OnFailed(timedOut.Write, new TimeoutException($"the write did not end within {_context.Settings.Persistence.Timeout}"));
    }

    private void OnFailed(Write write, Exception error)
    {
        if (write != _write)
            return;
        EndWrite();
        UpkeepMetrics.WriteFailed(_state.Name);

        // A newer snapshot, where there is one, takes its place: it covers this one.
        _pending ??= write.Request;
        TakeOver(_state.Failed(error.Message, Now, _context.Settings.Persistence, Final, _context.Random.NextDouble()));
        if (_state.NextAttempt is { } next)
        {
            _log.Warning(error, "Failed to persist {Object}, check your disk and permissions; tried again at {NextAttempt}", _state.Name, next);
            var wait = next - Now;
            Timers.StartSingleTimer(RetryTick.Instance, RetryTick.Instance, wait > TimeSpan.Zero ? wait : TimeSpan.FromTicks(1));
            return;
        }

        _log.Error(error, "Failed to persist {Object}, check your disk and permissions; given up", _state.Name);
        _pending = null;
        foreach (var (asker, request) in _waiting)
            asker.Tell(new PersistFailed(_state.Name, request.Version!.Value, error, request.Final));
        _waiting.Clear();
    }

    private void EndWrite()
    {
        Timers.Cancel(nameof(TimedOut));
        _write = null;
    }

    private void TakeOver(WriterState state)
    {
        _state = state;
        _owner.Tell(state);
    }

    /// <summary>
    /// Write the object. Reply: <see cref="Persisted"/> or <see cref="PersistFailed"/>, one for all that the same sender asked for meanwhile.
    /// </summary>
    /// <param name="Version">The change that it is at; null: one more than the last.</param>
    /// <param name="Snapshot">The object as it was; for one that is encoded when its write begins nothing.</param>
    /// <param name="Operations">Goes back with the reply.</param>
    /// <param name="Final">It is not put off by an earlier failure, and fails for good when it was tried often enough.</param>
    internal sealed record Persist(long? Version = null, ReadOnlyMemory<byte> Snapshot = default, int Operations = 0, bool Final = false)
    {
        /// <summary>The object changed.</summary>
        public static readonly Persist Changed = new();
    }

    /// <summary>That version, or a newer one, is durable.</summary>
    internal sealed record Persisted(string Name, long Version, int Operations, bool Final) : IDeadLetterSuppression;

    /// <summary>The object could not be written, often enough.</summary>
    internal sealed record PersistFailed(string Name, long Version, Exception Error, bool Final) : IDeadLetterSuppression;

    /// <summary>Do not wait for the next attempt.</summary>
    internal sealed class Hurry
    {
        public static readonly Hurry Instance = new();
    }

    private sealed class Write(Persist request, long started, CancellationTokenSource cancellation)
    {
        public Persist Request { get; } = request;

        public long Started { get; } = started;

        public CancellationTokenSource Cancellation { get; } = cancellation;
    }

    private sealed record Written(Write Write, long Bytes) : IDeadLetterSuppression;

    private sealed record WriteFailed(Write Write, Exception Error) : IDeadLetterSuppression;

    private sealed record TimedOut(Write Write);

    private sealed class RetryTick
    {
        public static readonly RetryTick Instance = new();
    }
}

using Akka.Actor.Internal;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// The reference behind one Ask: its first message ends it. It gets a path, and a place under /temp, only when somebody asks for
/// the path. Whatever comes after the end is a dead letter, unless the caller had cancelled.
/// </summary>
internal sealed class FutureActorRef<T>(ActorSystemImpl system, ICanTell target) : MinimalActorRef
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<IInternalActorRef>? _watchers;
    private ActorPath? _path;
    private AskTimer? _timer;
    private CancellationTokenRegistration _cancellation;
    private int _ended;

    public Task<T> Task => _answer.Task;

    public override IActorRefProvider Provider => system.Provider;

    public override bool IsTerminated => Volatile.Read(ref _ended) != 0;

    public override IInternalActorRef Parent => system.Refs.TempContainer;

    public override ActorPath Path
    {
        get
        {
            if (Volatile.Read(ref _path) is { } known)
                return known;
            lock (_answer)
            {
                if (_path is null)
                {
                    var path = system.Refs.TempPath();
                    if (!IsTerminated)
                        system.Refs.RegisterTemp(this, path);
                    Volatile.Write(ref _path, path);
                }

                return _path;
            }
        }
    }

    internal override long IncarnationId => ActorPath.UndefinedUid;

    internal override bool TakesNull => true;

    public void Start(TimeSpan timeout, CancellationToken cancellation)
    {
        if (timeout != Timeout.InfiniteTimeSpan && timeout > TimeSpan.Zero)
        {
            _timer = new AskTimer(this, timeout);
            if (!system.RealTime.Add(_timer, timeout, TimeSpan.Zero))
                Fail(new AskTimeoutException($"The actor system has terminated: no answer from {target}"));
        }

        if (cancellation.CanBeCanceled)
            _cancellation = cancellation.UnsafeRegister(static (state, token) => ((FutureActorRef<T>)state!).Cancel(token), this);
        // The end may have come before the registration was known to it.
        if (IsTerminated)
            Release();
    }

    public override void SendSystemMessage(ISystemMessage message)
    {
        switch (message)
        {
            case Watch watch:
                lock (_answer)
                {
                    if (!IsTerminated)
                    {
                        (_watchers ??= []).Add(watch.Watcher);
                        return;
                    }
                }

                watch.Undeliverable();
                break;
            case Unwatch unwatch:
                lock (_answer)
                    _watchers?.Remove(unwatch.Watcher);
                break;
            case Terminate:
                Stop();
                break;
        }
    }

    public override void Stop() => Fail(new AskTimeoutException($"The temporary actor of the question to {target} was stopped"));

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (Volatile.Read(ref _ended) == 0)
        {
            switch (message)
            {
                case T answer when typeof(T) != typeof(object) || message is not Status.Failure:
                    if (End())
                    {
                        _answer.TrySetResult(answer);
                        return;
                    }

                    break;
                case Status.Failure failure:
                    if (Fail(failure.Cause ?? new TaskCanceledException("The actor answered with a Status.Failure without a cause")))
                        return;
                    break;
                case null:
                    if (End())
                        _answer.TrySetResult(default!);
                    return;
                case PoisonPill:
                    Stop();
                    return;
                default:
                    // The answer is of no use to the caller, but it is not lost either.
                    Fail(new ArgumentException($"Received message of type [{message.GetType()}] - Ask expected message of type [{typeof(T)}]"));
                    break;
            }
        }

        if (message is not null && !_answer.Task.IsCanceled)
            system.DeadLetters.Tell(new DeadLetter(message, sender ?? system.DeadLetters, this), sender!);
    }

    private bool Fail(Exception cause)
    {
        if (!End())
            return false;
        _answer.TrySetException(cause);
        return true;
    }

    private void Cancel(CancellationToken token)
    {
        if (End())
            _answer.TrySetCanceled(token);
    }

    private bool End()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return false;
        Release();
        return true;
    }

    private void Release()
    {
        _timer?.Remove();
        _cancellation.Unregister();
        if (Volatile.Read(ref _path) is null && Volatile.Read(ref _watchers) is null)
            return;
        List<IInternalActorRef>? watchers;
        lock (_answer)
        {
            if (_path is not null)
                system.Refs.UnregisterTemp(_path);
            watchers = _watchers;
            _watchers = null;
        }

        foreach (var watcher in watchers ?? [])
            watcher.SendSystemMessage(new DeathWatchNotification(this, true));
    }

    private sealed class AskTimer(FutureActorRef<T> future, TimeSpan timeout) : WheelTimer
    {
        internal override void Fire() => future.Fail(new AskTimeoutException($"Timeout after {timeout} seconds"));
    }
}

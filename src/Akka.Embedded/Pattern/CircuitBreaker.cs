using Akka.Actor;

namespace Akka.Pattern;

/// <summary>
/// Stops calling what keeps failing. Closed: calls pass, failures in a row are counted. Open: calls fail at once until the reset
/// timeout has passed. Half-open: one call passes and decides. A call that takes longer than the call timeout counts as failed;
/// its caller gets a TimeoutException while it goes on. Safe from any thread.
/// </summary>
public class CircuitBreaker
{
    private readonly Lock _gate = new();
    private readonly List<Action> _onOpen = [];
    private readonly List<Action> _onHalfOpen = [];
    private readonly List<Action> _onClose = [];
    private State _state = State.Closed;
    private long _failures;
    private bool _probing;
    private TimeSpan _currentReset;
    private TimeSpan _openedAt;
    private TimeSpan _openFor;
    private Exception? _lastException;

    public CircuitBreaker(IScheduler scheduler, int maxFailures, TimeSpan callTimeout, TimeSpan resetTimeout)
        : this(scheduler, maxFailures, callTimeout, resetTimeout, TimeSpan.FromDays(36500), 1.0, 0.0)
    {
    }

    public CircuitBreaker(IScheduler scheduler, int maxFailures, TimeSpan callTimeout, TimeSpan resetTimeout, TimeSpan maxResetTimeout,
        double exponentialBackoffFactor) : this(scheduler, maxFailures, callTimeout, resetTimeout, maxResetTimeout, exponentialBackoffFactor, 0.0)
    {
    }

    public CircuitBreaker(IScheduler scheduler, int maxFailures, TimeSpan callTimeout, TimeSpan resetTimeout, TimeSpan maxResetTimeout,
        double exponentialBackoffFactor, double randomFactor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(exponentialBackoffFactor, 1.0);
        if (randomFactor is < 0.0 or > 1.0)
            throw new ArgumentException("randomFactor must be between 0.0 and 1.0", nameof(randomFactor));
        Scheduler = scheduler;
        MaxFailures = maxFailures;
        CallTimeout = callTimeout;
        ResetTimeout = _currentReset = resetTimeout;
        MaxResetTimeout = maxResetTimeout;
        ExponentialBackoffFactor = exponentialBackoffFactor;
        RandomFactor = randomFactor;
    }

    private enum State
    {
        Closed,
        Open,
        HalfOpen
    }

    public IScheduler Scheduler { get; }

    public int MaxFailures { get; }

    public TimeSpan CallTimeout { get; }

    public TimeSpan ResetTimeout { get; }

    public TimeSpan MaxResetTimeout { get; }

    public double ExponentialBackoffFactor { get; }

    public double RandomFactor { get; }

    public long CurrentFailureCount => Interlocked.Read(ref _failures);

    public Exception? LastCaughtException => Volatile.Read(ref _lastException);

    public bool IsClosed => Is(State.Closed);

    public bool IsOpen => Is(State.Open);

    public bool IsHalfOpen => Is(State.HalfOpen);

    public static CircuitBreaker Create(IScheduler scheduler, int maxFailures, TimeSpan callTimeout, TimeSpan resetTimeout) =>
        new(scheduler, maxFailures, callTimeout, resetTimeout);

    public CircuitBreaker WithExponentialBackoff(TimeSpan maxResetTimeout) =>
        new(Scheduler, MaxFailures, CallTimeout, ResetTimeout, maxResetTimeout, 2.0, RandomFactor);

    public CircuitBreaker WithRandomFactor(double randomFactor) =>
        new(Scheduler, MaxFailures, CallTimeout, ResetTimeout, MaxResetTimeout, ExponentialBackoffFactor, randomFactor);

    public Task<T> WithCircuitBreaker<T>(Func<Task<T>> body) => Call(body, static call => call());

    public Task<T> WithCircuitBreaker<T, TState>(TState state, Func<TState, Task<T>> body) => Call(state, body);

    public Task WithCircuitBreaker(Func<Task> body) => WithCircuitBreaker(body, static call => call());

    public Task WithCircuitBreaker<TState>(TState state, Func<TState, Task> body) => Call((state, body), static async call =>
    {
        await call.body(call.state).ConfigureAwait(false);
        return true;
    });

    public void WithSyncCircuitBreaker(Action body) => WithSyncCircuitBreaker(() =>
    {
        body();
        return true;
    });

    /// <summary>Waits for the call, which runs on the thread pool: one that takes too long must not keep its caller, who gets the timeout.</summary>
    public T WithSyncCircuitBreaker<T>(Func<T> body) => WithCircuitBreaker(body, static call => Task.Run(call)).GetAwaiter().GetResult();

    /// <summary>Counts a call that was made elsewhere as a success.</summary>
    public void Succeed() => Succeeded();

    /// <summary>Counts a call that was made elsewhere as a failure.</summary>
    public void Fail() => Failed(new UserCalledFailException());

    public CircuitBreaker OnOpen(Action callback) => On(_onOpen, callback);

    public CircuitBreaker OnHalfOpen(Action callback) => On(_onHalfOpen, callback);

    public CircuitBreaker OnClose(Action callback) => On(_onClose, callback);

    private TimeSpan Clock => Scheduler.MonotonicClock;

    private bool Is(State state)
    {
        lock (_gate)
            return _state == state;
    }

    private async Task<T> Call<T, TState>(TState state, Func<TState, Task<T>> body)
    {
        Enter();
        T result;
        try
        {
            var call = body(state);
            result = CallTimeout > TimeSpan.Zero && CallTimeout != Timeout.InfiniteTimeSpan
                ? await call.WaitAsync(CallTimeout).ConfigureAwait(false)
                : await call.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Failed(e);
            throw;
        }

        Succeeded();
        return result;
    }

    private void Enter()
    {
        lock (_gate)
        {
            switch (_state)
            {
                case State.Open:
                    var left = _openFor - (Clock - _openedAt);
                    throw new OpenCircuitException(_lastException, left > TimeSpan.Zero ? left : TimeSpan.Zero);
                case State.HalfOpen when _probing:
                    throw new OpenCircuitException("Circuit Breaker is half open; a call is in progress", _lastException, TimeSpan.Zero);
                case State.HalfOpen:
                    _probing = true;
                    break;
            }
        }
    }

    private void Succeeded()
    {
        lock (_gate)
        {
            if (_state == State.Open)
                return;
            Interlocked.Exchange(ref _failures, 0);
            _lastException = null;
            if (_state == State.Closed)
                return;
            _state = State.Closed;
            _probing = false;
            _currentReset = ResetTimeout;
        }

        Notify(_onClose);
    }

    private void Failed(Exception cause)
    {
        TimeSpan reset;
        lock (_gate)
        {
            if (_state == State.Open)
                return;
            _lastException = cause;
            if (_state == State.Closed && Interlocked.Increment(ref _failures) < MaxFailures)
                return;
            _state = State.Open;
            _probing = false;
            _openedAt = Clock;
            reset = _openFor = _currentReset * (1 + Random.Shared.NextDouble() * RandomFactor);
            _currentReset = _currentReset > MaxResetTimeout / ExponentialBackoffFactor ? MaxResetTimeout : _currentReset * ExponentialBackoffFactor;
        }

        Notify(_onOpen);
        Scheduler.Advanced.ScheduleOnce(reset, TryHalfOpen);
    }

    private void TryHalfOpen()
    {
        lock (_gate)
        {
            if (_state != State.Open)
                return;
            _state = State.HalfOpen;
            _probing = false;
        }

        Notify(_onHalfOpen);
    }

    private CircuitBreaker On(List<Action> callbacks, Action callback)
    {
        lock (_gate)
            callbacks.Add(callback);
        return this;
    }

    /// <summary>Off the caller's thread: it may be an actor's, or the scheduler's.</summary>
    private void Notify(List<Action> callbacks)
    {
        Action[] all;
        lock (_gate)
            all = [.. callbacks];
        foreach (var callback in all)
            Task.Run(callback);
    }
}

using System.Collections.Concurrent;
using Akka.Actor;

namespace ActorNode.Benchmarks.Engine;

/// <summary>What went on in one round, and what must never have.</summary>
internal sealed class Checks
{
    private long _actors;
    private long _messages;
    private long _restarts;
    private long _timers;
    private long _deaths;

    public ConcurrentQueue<string> Violations { get; } = new();

    public void Violated(string what) => Violations.Enqueue(what);

    public void Started() => Interlocked.Increment(ref _actors);

    public void Handled() => Interlocked.Increment(ref _messages);

    public void Restarted() => Interlocked.Increment(ref _restarts);

    public void TimerFired() => Interlocked.Increment(ref _timers);

    public void DeathSeen() => Interlocked.Increment(ref _deaths);

    public override string ToString() =>
        $"{_actors:N0} actors, {_messages:N0} messages, {_restarts:N0} restarts, {_timers:N0} timers fired, {_deaths:N0} deaths seen";
}

/// <summary>What one actor, in all its incarnations, has handled.</summary>
internal sealed class Ledger(Checks checks)
{
    private readonly long[] _last = new long[8];
    private (int Thread, long Number)? _due;
    private int _inside;

    /// <summary>The last number that each thread has sent: written and read by that thread alone.</summary>
    public long[] Sent { get; } = new long[8];

    /// <summary>To be called before the poison pill: whatever this thread sent came before it.</summary>
    public void MustHaveHandled(int thread, long number) => _due = (thread, number);

    public void Enter()
    {
        if (Interlocked.Exchange(ref _inside, 1) != 0)
            checks.Violated("two threads were in one actor at once");
    }

    public void Exit() => Volatile.Write(ref _inside, 0);

    public void Take(Subject.Numbered message)
    {
        if (message.Number <= _last[message.Thread])
            checks.Violated($"message {message.Number} of thread {message.Thread} after {_last[message.Thread]}: twice, or out of order");
        _last[message.Thread] = message.Number;
        checks.Handled();
    }

    public void PoisonTaken()
    {
        if (_due is var (thread, number) && _last[thread] != number)
            checks.Violated($"the last message of thread {thread} before the poison pill is {number}, but handled was {_last[thread]}");
    }
}

/// <summary>Takes whatever the programs send it, and keeps the ledger.</summary>
internal sealed class Subject(Checks checks, Ledger ledger) : UntypedActor, IWithTimers
{
    public ITimerScheduler Timers { get; set; } = null!;

    public static Handle Start(IActorRefFactory parent, Checks checks)
    {
        var ledger = new Ledger(checks);
        return new Handle(parent.ActorOf(Props.Create(() => new Subject(checks, ledger))), ledger);
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(Decide);

    // After the poison pill the children are stopped first: all messages before it have been handled by then.
    protected override void PostStop() => Guarded(ledger.PoisonTaken);

    protected override void PreRestart(Exception reason, object message)
    {
        checks.Restarted();
        foreach (var child in Context.GetChildren())
            Context.Stop(child);
    }

    protected override void OnReceive(object message) => Guarded(() => Dispatch(message));

    private static Directive Decide(Exception cause) => cause is InvalidOperationException ? Directive.Restart : Directive.Stop;

    private void Guarded(Action action)
    {
        ledger.Enter();
        try
        {
            action();
        }
        finally
        {
            ledger.Exit();
        }
    }

    private void Dispatch(object message)
    {
        switch (message)
        {
            case Numbered numbered:
                ledger.Take(numbered);
                break;
            case Question question:
                Sender.Tell(question.Number, Self);
                break;
            case Crash:
                throw new InvalidOperationException("As it shall");
            case StartTimer timer:
                Timers.StartSingleTimer(timer.Key, TimerFired.Instance, timer.Delay);
                break;
            case TimerFired:
                checks.TimerFired();
                break;
            case Spawn spawn:
                var child = Start(Context, checks);
                checks.Started();
                spawn.Watcher.Tell(new Watcher.Watch(child.Ref), Self);
                child.Ref.Tell(new StartTimer(0, TimeSpan.FromMilliseconds(5)), Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    internal sealed record Handle(IActorRef Ref, Ledger Ledger);

    /// <param name="Thread">Who sends it.</param>
    /// <param name="Number">Grows with each message of this thread.</param>
    internal sealed record Numbered(int Thread, long Number);

    internal sealed record Question(long Number);

    internal sealed record StartTimer(object Key, TimeSpan Delay);

    internal sealed record Spawn(IActorRef Watcher);

    internal sealed class Crash
    {
        public static readonly Crash Instance = new();
    }

    private sealed class TimerFired
    {
        public static readonly TimerFired Instance = new();
    }
}

/// <summary>Wants exactly one Terminated of each actor that it watches.</summary>
internal sealed class Watcher(Checks checks) : UntypedActor
{
    private readonly HashSet<IActorRef> _watched = [];
    private IActorRef? _asker;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Watch watch:
                if (_watched.Add(watch.Subject))
                    Context.Watch(watch.Subject);
                break;
            case Unwatch unwatch:
                if (_watched.Remove(unwatch.Subject))
                    Context.Unwatch(unwatch.Subject);
                break;
            case Terminated terminated:
                if (!_watched.Remove(terminated.ActorRef))
                    checks.Violated($"a Terminated of {terminated.ActorRef}, which is not watched any more");
                checks.DeathSeen();
                break;
            case AllDead:
                _asker = Sender;
                break;
            case HowMany:
                Sender.Tell(_watched.Count, Self);
                break;
            default:
                Unhandled(message);
                break;
        }

        if (_asker is not null && _watched.Count == 0)
        {
            _asker.Tell(true, Self);
            _asker = null;
        }
    }

    internal sealed record Watch(IActorRef Subject);

    internal sealed record Unwatch(IActorRef Subject);

    /// <summary>Answered when there is nobody left to wait for.</summary>
    internal sealed class AllDead
    {
        public static readonly AllDead Instance = new();
    }

    internal sealed class HowMany
    {
        public static readonly HowMany Instance = new();
    }
}

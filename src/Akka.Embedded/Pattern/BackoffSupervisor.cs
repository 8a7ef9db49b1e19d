using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Event;

namespace Akka.Pattern;

/// <summary>What every backoff supervisor knows of its child, and the messages about it.</summary>
public abstract class BackoffSupervisorBase : ActorBase
{
    internal BackoffSupervisorBase(Props childProps, string childName, IBackoffReset reset, object? replyWhileStopped, Func<object, bool>? finalStopMessage)
    {
        ChildProps = childProps;
        ChildName = childName;
        Reset = reset;
        ReplyWhileStopped = replyWhileStopped;
        FinalStopMessage = finalStopMessage;
    }

    protected Props ChildProps { get; }

    protected string ChildName { get; }

    protected IBackoffReset Reset { get; }

    protected object? ReplyWhileStopped { get; }

    protected Func<object, bool>? FinalStopMessage { get; }

    protected IActorRef? Child { get; set; }

    protected int RestartCountN { get; set; }

    protected bool FinalStopMessageReceived { get; set; }

    protected override void PreStart() => StartChild();

    protected bool HandleBackoff(object message)
    {
        switch (message)
        {
            case BackoffSupervisor.StartChild:
                StartChild();
                if (Reset is AutoReset auto)
                    Context.System.Scheduler.ScheduleTellOnce(auto.ResetBackoff, Self, new BackoffSupervisor.ResetRestartCount(RestartCountN), Self);
                return true;
            case BackoffSupervisor.Reset when Reset is ManualReset:
                RestartCountN = 0;
                return true;
            case BackoffSupervisor.ResetRestartCount reset:
                if (reset.Current == RestartCountN)
                    RestartCountN = 0;
                return true;
            case BackoffSupervisor.GetRestartCount:
                Sender.Tell(new BackoffSupervisor.RestartCount(RestartCountN));
                return true;
            case BackoffSupervisor.GetCurrentChild:
                Sender.Tell(new BackoffSupervisor.CurrentChild(Child!));
                return true;
            default:
                Forward(message);
                return true;
        }
    }

    private void Forward(object message)
    {
        if (Child is not { } child)
        {
            if (ReplyWhileStopped is not null)
                Sender.Tell(ReplyWhileStopped);
            else
                Context.System.DeadLetters.Forward(message);
            if (FinalStopMessage is not null && FinalStopMessage(message))
                Context.Stop(Self);
        }
        else if (Sender.Equals(child))
        {
            // To whom the child is the supervisor's business: it speaks in its name.
            Context.Parent.Tell(message, Self);
        }
        else
        {
            if (FinalStopMessage is not null && FinalStopMessage(message))
                FinalStopMessageReceived = true;
            child.Forward(message);
        }
    }

    private void StartChild()
    {
        if (Child is null)
            Child = Context.Watch(Context.ActorOf(ChildProps, ChildName));
    }
}

/// <summary>
/// Starts its child again after a delay that grows with each time and is forgotten when all goes well. Messages go to the child;
/// while it is down they are dead letters, or get the configured reply.
/// </summary>
public sealed class BackoffSupervisor : BackoffSupervisorBase
{
    private readonly bool _onFailure;
    private readonly TimeSpan _minBackoff;
    private readonly TimeSpan _maxBackoff;
    private readonly double _randomFactor;
    private readonly SupervisorStrategy _strategy;
    private bool _awaitsStop;

    public BackoffSupervisor(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor)
        : this(childProps, childName, minBackoff, maxBackoff, new AutoReset(minBackoff), randomFactor, Akka.Actor.SupervisorStrategy.DefaultStrategy)
    {
    }

    public BackoffSupervisor(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, IBackoffReset reset, double randomFactor,
        SupervisorStrategy strategy, object? replyWhileStopped = null, Func<object, bool>? finalStopMessage = null)
        : base(childProps, childName, reset, replyWhileStopped, finalStopMessage)
    {
        _minBackoff = minBackoff;
        _maxBackoff = maxBackoff;
        _randomFactor = randomFactor;
        _strategy = strategy;
    }

    internal BackoffSupervisor(BackoffOptionsImpl options, IBackoffReset reset)
        : this(options.ChildProps, options.ChildName, options.MinBackoff, options.MaxBackoff, reset, options.RandomFactor, options.Strategy,
            options.ReplyWhileStopped, options.FinalStopMessage)
    {
        _onFailure = options.OnFailure;
        if (_onFailure)
            _strategy = new DelayingStrategy(this, options.Strategy);
    }

    public static Props Props(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor) =>
        PropsWithSupervisorStrategy(childProps, childName, minBackoff, maxBackoff, randomFactor, Akka.Actor.SupervisorStrategy.DefaultStrategy);

    public static Props Props(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor, int maxNrOfRetries) =>
        PropsWithSupervisorStrategy(childProps, childName, minBackoff, maxBackoff, randomFactor,
            new OneForOneStrategy(Akka.Actor.SupervisorStrategy.DefaultDecider).WithMaxNrOfRetries(maxNrOfRetries));

    public static Props Props(BackoffOptions options) => options.Props;

    public static Props PropsWithSupervisorStrategy(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor,
        SupervisorStrategy strategy)
    {
        Check(minBackoff, maxBackoff, randomFactor);
        return Akka.Actor.Props.Create(() =>
            new BackoffSupervisor(childProps, childName, minBackoff, maxBackoff, new AutoReset(minBackoff), randomFactor, strategy, null, null));
    }

    internal static void Check(TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor)
    {
        if (minBackoff <= TimeSpan.Zero)
            throw new ArgumentException("MinBackoff must be greater than 0");
        if (maxBackoff < minBackoff)
            throw new ArgumentException("MaxBackoff must be greater than MinBackoff");
        if (randomFactor is < 0.0 or > 1.0)
            throw new ArgumentException("RandomFactor must be between 0.0 and 1.0");
    }

    protected override SupervisorStrategy SupervisorStrategy() => _strategy;

    protected override bool Receive(object message)
    {
        if (message is not Terminated { ActorRef: var dead } || !dead.Equals(Child))
            return HandleBackoff(message);
        Child = null;
        if (_onFailure ? !_awaitsStop : FinalStopMessageReceived)
        {
            Context.Stop(Self);
            return true;
        }

        _awaitsStop = false;
        if (_onFailure)
            StartLater();
        else
            AfterStop();
        return true;
    }

    private void AfterStop()
    {
        var max = (_strategy as OneForOneStrategy)?.MaxNumberOfRetries ?? -1;
        if (max == -1 || RestartCountN + 1 <= max)
            StartLater();
        else
        {
            Context.GetLogger().Debug("Terminating on restart #{0} which exceeds max allowed restarts ({1})", RestartCountN + 1, max);
            Context.Stop(Self);
        }
    }

    private void StartLater()
    {
        var delay = BackoffDelay.Of(RestartCountN, _minBackoff, _maxBackoff, _randomFactor);
        Context.System.Scheduler.ScheduleTellOnce(delay, Self, Pattern.BackoffSupervisor.StartChild.Instance, Self);
        RestartCountN++;
    }

    /// <summary>Turns a restart into a stop; the delayed start follows when the child is gone.</summary>
    private sealed class DelayingStrategy(BackoffSupervisor supervisor, OneForOneStrategy inner)
        : OneForOneStrategy(inner.MaxNumberOfRetries, inner.WithinTimeRangeMilliseconds, inner.Decider)
    {
        public override void ProcessFailure(IActorContext context, bool restart, IActorRef child, Exception cause, ChildRestartStats stats,
            IReadOnlyCollection<ChildRestartStats> children)
        {
            var withinLimit = MaxNumberOfRetries == -1 || supervisor.RestartCountN < MaxNumberOfRetries;
            if (restart && withinLimit)
                supervisor._awaitsStop = true;
            context.Stop(child);
        }
    }

    public sealed class GetCurrentChild
    {
        public static readonly GetCurrentChild Instance = new();

        private GetCurrentChild()
        {
        }
    }

    /// <summary>Null while the child is down.</summary>
    public sealed class CurrentChild
    {
        public CurrentChild(IActorRef @ref) => Ref = @ref;

        public IActorRef Ref { get; }
    }

    public new sealed class Reset
    {
        public static readonly Reset Instance = new();

        private Reset()
        {
        }
    }

    public sealed class GetRestartCount
    {
        public static readonly GetRestartCount Instance = new();

        private GetRestartCount()
        {
        }
    }

    public sealed class RestartCount
    {
        public RestartCount(int count) => Count = count;

        public int Count { get; }
    }

    public sealed class StartChild : IDeadLetterSuppression
    {
        public static readonly StartChild Instance = new();

        private StartChild()
        {
        }
    }

    public sealed class ResetRestartCount : IDeadLetterSuppression
    {
        public ResetRestartCount(int current) => Current = current;

        public int Current { get; }
    }
}

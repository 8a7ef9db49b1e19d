using Akka.Actor.Internal;
using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>
/// The life of one actor behind its reference: mailbox, children, watches, behaviour, restarts. Parts that most actors never
/// use are made when they are first needed.
/// </summary>
internal sealed partial class ActorCell : MailboxInlet, IUntypedActorContext
{
    private readonly MessageDispatcher _dispatcher;
    private ActorBase? _actor;
    private Receive? _behavior;
    private Seldom? _seldom;
    private Turn _turn;

    public ActorCell(ActorSystemImpl system, LocalActorRef self, Props props, MessageDispatcher dispatcher, MailboxPolicy? policy,
        IInternalActorRef parent) : base(system, policy)
    {
        _dispatcher = dispatcher;
        Self = self;
        Props = props;
        Parent = parent;
    }

    public LocalActorRef Self { get; }

    public Props Props { get; }

    public IInternalActorRef Parent { get; }

    public MessageDispatcher Dispatcher => _dispatcher;

    public ActorSystemImpl System => _system;

    public IActorRef Sender => _turn.Sender ?? _system.DeadLetters;

    public TimeSpan? ReceiveTimeout => _seldom?.ReceiveTimeout?.Timeout;

    IActorRef IActorContext.Self => Self;

    IActorRef IActorContext.Parent => Parent;

    ActorSystem IActorContext.System => _system;

    internal object? CurrentMessage => _turn.Message;

    internal ActorBase? Actor => _actor;

    public void Become(Receive receive) => _behavior = receive;

    public void Become(UntypedReceive receive) => Become(Handled(receive));

    public void BecomeStacked(Receive receive)
    {
        // Null below: the actor's own Receive. In its constructor the actor is not known here yet.
        (Rare.OuterBehaviors ??= new Stack<Receive?>()).Push(_behavior);
        _behavior = receive;
    }

    public void BecomeStacked(UntypedReceive receive) => BecomeStacked(Handled(receive));

    public void UnbecomeStacked()
    {
        if (_seldom?.OuterBehaviors is { Count: > 0 } outer)
            _behavior = outer.Pop();
    }

    public void SetReceiveTimeout(TimeSpan? timeout)
    {
        if (timeout < TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "The receive timeout must not be negative");
        if (timeout is null)
            _seldom?.ReceiveTimeout?.Set(null);
        else
            (Rare.ReceiveTimeout ??= new ReceiveTimeoutTimer(this)).Set(timeout);
    }

    public ActorSelection ActorSelection(ActorPath actorPath) => ActorRefFactoryShared.ActorSelection(actorPath, _system);

    public ActorSelection ActorSelection(string actorPath) => ActorRefFactoryShared.ActorSelection(actorPath, _system, Self);

    /// <summary>The props' strategy, or the actor's own: asked for once in an incarnation, when a first child fails or stops.</summary>
    internal SupervisorStrategy StrategyOf(ActorBase actor) =>
        Rare.Strategy ??= Props.SupervisorStrategy ?? actor.OwnStrategy() ?? SupervisorStrategy.DefaultStrategy;

    internal void BecomeInitially(Receive receive) => _behavior ??= receive;

    /// <summary>Who asks for an unbounded stash by its type gets one, whatever is configured.</summary>
    internal IStash NewStash(IActorStash actor) =>
        new ActorStash(this, actor is IWithUnboundedStash ? Deploy.NoStashSize : StashCapacity);

    internal int StashCapacity => _system.StashCapacityOf(Self, Props);

    internal void CancelTimers() => Timers?.CancelAll();

    internal ActorTaskScheduler TaskScheduler => Rare.TaskScheduler ??= new ActorTaskScheduler(this);

    private Seldom Rare => _seldom ??= new Seldom();

    private Receive CurrentBehavior => _behavior ??= _actor!.BehaviorOf();

    private static Receive Handled(UntypedReceive receive) => message =>
    {
        receive(message);
        return true;
    };

    /// <summary>
    /// What a turn writes with every message. A structure because the runtime puts structures behind all other fields, far from
    /// what senders use.
    /// </summary>
    private struct Turn
    {
        public object? Message;
        public IActorRef? Sender;

        /// <summary>The places of the queue's head, and the next one to empty.</summary>
        public MailboxPlace[]? Places;
        public int Next;

        /// <summary>Whether the current message was stashed, so that it is not stashed twice.</summary>
        public bool IsStashed;
        public Phase Phase;
    }

    /// <summary>What few actors have at any time: kept apart so that all others do not pay for it.</summary>
    private sealed class Seldom
    {
        public FrontMessage? Front;
        public DeathWatch? Watch;
        public ReceiveTimeoutTimer? ReceiveTimeout;
        public Stack<Receive?>? OuterBehaviors;
        public SupervisorStrategy? Strategy;
        public ActorTaskScheduler? TaskScheduler;
        public TimerScheduler? Timers;

        /// <summary>Asynchronous handlers that have not ended; the mailbox is suspended once for each.</summary>
        public int AwaitedTasks;
        public Failure? Failure;
        public Exception? PendingRecreation;
    }
}

using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;

namespace ActorNode.Keyed;

/// <summary>
/// Finds or starts the child for a key and forwards: the local twin of a shard region. Holds no work of its own.
/// <para>
/// Ordering: messages of one sender to one key arrive in the order sent, over passivation too. Duplicates: none are made.
/// Loss: a message is lost only when its child dies with it in the mailbox; a child that leaves by <see cref="Passivate"/> loses none,
/// since what arrives while it stops is kept here and handed to its successor. Nothing survives a restart of the process.
/// </para>
/// </summary>
public sealed class KeyedSupervisorActor : UntypedActor
{
    /// <summary>Most messages kept for one stopping child. More go to dead letters with a warning, as a shard region's do.</summary>
    public const int MaxPendingPerKey = 100_000;

    private readonly IMessageExtractor _extractor;
    private readonly Func<string, Props> _entityProps;
    private readonly object _stopMessage;
    private readonly KeyedMetrics _metrics;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, IActorRef> _children = [];

    /// <summary>Per key whose child is passivating: what arrived since. Most keys are in here never or shortly.</summary>
    private readonly Dictionary<string, Queue<Envelope>> _passivating = [];

    private bool _stopping;

    /// <param name="region">The region's name, a metrics label.</param>
    /// <param name="extractor">Names the key of a message; null, empty or no valid text: the message is unhandled.</param>
    /// <param name="entityProps">The child for a key.</param>
    /// <param name="stopMessage">What children get when the region stops; they finish what they accepted and stop themselves.</param>
    public static Props Props(string region, IMessageExtractor extractor, Func<string, Props> entityProps, object stopMessage) =>
        Akka.Actor.Props.Create(() => new KeyedSupervisorActor(region, extractor, entityProps, stopMessage));

    public KeyedSupervisorActor(string region, IMessageExtractor extractor, Func<string, Props> entityProps, object stopMessage)
    {
        _extractor = extractor;
        _entityProps = entityProps;
        _stopMessage = stopMessage;
        _metrics = new KeyedMetrics(region);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Terminated terminated:
                OnChildEnded(terminated.ActorRef);
                break;
            case Passivate passivate:
                OnPassivate(passivate.StopMessage);
                break;
            case GetKeyedState:
                Sender.Tell(State());
                break;
            case GracefulShutdown:
                OnShutdown();
                break;
            default:
                Route(message);
                break;
        }
    }

    private void Route(object message)
    {
        var key = _extractor.EntityId(message);
        if (string.IsNullOrEmpty(key) || _extractor.EntityMessage(message) is not { } entityMessage)
            Unhandled(message);
        else if (_passivating.TryGetValue(key, out var pending))
            Keep(key, pending, entityMessage);
        else if (_children.TryGetValue(key, out var child))
            child.Forward(entityMessage);
        else if (_stopping)
            Context.System.DeadLetters.Tell(new DeadLetter(message, Sender, Self), Self);
        else if (Uri.UnescapeDataString(Uri.EscapeDataString(key)) != key)
            // Half a surrogate pair: the child could not be told from others of its kind.
            Unhandled(message);
        else
            Start(key).Forward(entityMessage);
    }

    private void Keep(string key, Queue<Envelope> pending, object message)
    {
        if (pending.Count < MaxPendingPerKey)
        {
            pending.Enqueue(new Envelope(message, Sender));
            return;
        }

        _log.Warning("{Key} is still stopping and {Pending} messages wait for it: dropped one more", key, pending.Count);
        Context.System.DeadLetters.Tell(new DeadLetter(message, Sender, Self), Self);
    }

    private IActorRef Start(string key)
    {
        var child = Context.Watch(Context.ActorOf(_entityProps(key), Uri.EscapeDataString(key)));
        _children.Add(key, child);
        _metrics.Started();
        return child;
    }

    private void OnPassivate(object stopMessage)
    {
        var key = KeyOf(Sender);
        // A late request of a child that has gone, or a second one: it is stopping already.
        if (!_children.TryGetValue(key, out var child) || !child.Equals(Sender) || !_passivating.TryAdd(key, new Queue<Envelope>()))
            return;
        _metrics.Passivated();
        child.Tell(stopMessage, Self);
    }

    private void OnChildEnded(IActorRef child)
    {
        var key = KeyOf(child);
        if (!_children.Remove(key))
            return;
        _metrics.Ended();
        if (_passivating.Remove(key, out var pending) && pending.Count > 0)
            Resume(key, pending);
        if (_stopping && _children.Count == 0)
            Context.Stop(Self);
    }

    /// <summary>Hands what a stopped child missed to its successor; also while the region stops, so that it is answered.</summary>
    private void Resume(string key, Queue<Envelope> pending)
    {
        var child = Start(key);
        while (pending.TryDequeue(out var envelope))
            child.Tell(envelope.Message, envelope.Sender);
        if (_stopping)
            child.Tell(_stopMessage, Self);
    }

    private void OnShutdown()
    {
        if (_stopping)
            return;
        _stopping = true;
        if (_children.Count == 0)
            Context.Stop(Self);
        foreach (var child in _children.Values)
            child.Tell(_stopMessage, Self);
    }

    private KeyedState State() => new(
        [.. _children.Keys.Order(StringComparer.Ordinal)],
        Pending: _passivating.Values.Sum(p => p.Count),
        Active: _children.Count - _passivating.Count);

    private static string KeyOf(IActorRef child) => Uri.UnescapeDataString(child.Path.Name);

    protected override void PostStop()
    {
        foreach (var _ in _children)
            _metrics.Ended();
    }

    /// <summary>
    /// A child that fails is started anew under its name and keeps its mailbox; one that cannot start, or was told to die, ends and its
    /// next message starts another.
    /// </summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        maxNrOfRetries: 10,
        withinTimeRange: TimeSpan.FromMinutes(1),
        localOnlyDecider: cause => cause switch
        {
            ActorInitializationException => Directive.Stop,
            ActorKilledException => Directive.Stop,
            DeathPactException => Directive.Stop,
            _ => Directive.Restart,
        });
}

/// <summary>Asks a keyed supervisor for its <see cref="KeyedState"/>.</summary>
public sealed class GetKeyedState
{
    /// <summary>The only instance.</summary>
    public static readonly GetKeyedState Instance = new();

    private GetKeyedState()
    {
    }
}

/// <summary>
/// What a keyed supervisor runs: the keys that have a child, in ordinal order; how many messages wait for children that are stopping;
/// how many children are running and not stopping.
/// </summary>
public sealed record KeyedState(ImmutableArray<string> Keys, int Pending, int Active);

using Akka.Actor;
using Akka.Event;

namespace Akka.Persistence;

/// <summary>
/// Sends messages again until they are confirmed, so at least once and in no certain order. It stores nothing: the actor persists events
/// for what it delivers and what was confirmed, and calls the same methods when they are replayed. Used by the actor alone.
/// </summary>
public class AtLeastOnceDeliverySemantic
{
    private readonly IActorContext _context;
    private readonly PersistenceSettings.AtLeastOnceDeliverySettings _settings;
    private readonly SortedDictionary<long, Delivery> _unconfirmed = [];
    private long _lastDeliveryId;
    private ICancelable? _redelivery;

    public AtLeastOnceDeliverySemantic(IActorContext context, PersistenceSettings.AtLeastOnceDeliverySettings settings)
    {
        _context = context;
        _settings = settings;
    }

    public TimeSpan RedeliverInterval => _settings.RedeliverInterval;

    public int RedeliveryBurstLimit => _settings.RedeliveryBurstLimit;

    public int WarnAfterNumberOfUnconfirmedAttempts => _settings.WarnAfterNumberOfUnconfirmedAttempts;

    public int MaxUnconfirmedMessages => _settings.MaxUnconfirmedMessages;

    public int UnconfirmedCount => _unconfirmed.Count;

    private DateTime Now => _context.System.Scheduler.Now.UtcDateTime;

    /// <summary>Sends the message made for the next delivery id; while recovering it is only noted, and sent afterwards if it is still not confirmed.</summary>
    public void Deliver(ActorPath destination, Func<long, object> deliveryMessageMapper, bool isRecovering)
    {
        ArgumentNullException.ThrowIfNull(deliveryMessageMapper);
        if (_unconfirmed.Count >= MaxUnconfirmedMessages)
            throw new MaxUnconfirmedMessagesExceededException(
                $"{_context.Self} has {_unconfirmed.Count} unconfirmed messages, which is all that max-unconfirmed-messages allows");
        var id = ++_lastDeliveryId;
        var delivery = new Delivery(destination, deliveryMessageMapper(id), isRecovering ? Now - RedeliverInterval : Now, 0);
        if (isRecovering)
            _unconfirmed[id] = delivery;
        else
            Send(id, delivery, delivery.Timestamp);
    }

    /// <summary>Ends the attempts. False when there are none: it was confirmed before.</summary>
    public bool ConfirmDelivery(long deliveryId) => _unconfirmed.Remove(deliveryId);

    public AtLeastOnceDeliverySnapshot GetDeliverySnapshot() =>
        new(_lastDeliveryId, [.. _unconfirmed.Select(entry => new UnconfirmedDelivery(entry.Key, entry.Value.Destination, entry.Value.Message))]);

    public void SetDeliverySnapshot(AtLeastOnceDeliverySnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        _lastDeliveryId = snapshot.CurrentDeliveryId;
        _unconfirmed.Clear();
        var now = Now;
        foreach (var delivery in snapshot.UnconfirmedDeliveries)
            _unconfirmed[delivery.DeliveryId] = new Delivery(delivery.Destination, delivery.Message, now, 0);
    }

    /// <summary>Ends the attempts of this incarnation.</summary>
    public void Cancel() => _redelivery?.Cancel();

    public void OnReplaySuccess()
    {
        RedeliverOverdue();
        var interval = RedeliverInterval / 2;
        _redelivery = _context.System.Scheduler.ScheduleTellRepeatedlyCancelable(interval, interval, _context.Self, RedeliveryTick.Instance, _context.Self);
    }

    /// <summary>The one actor that a selection names; a pattern could name several, each of which would have to confirm.</summary>
    internal static ActorPath PathOf(ActorSelection destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return destination.PathString.Contains('*', StringComparison.Ordinal)
            ? throw new NotSupportedException($"{destination} may stand for several actors: at-least-once delivery needs one that confirms")
            : ActorPath.Parse($"{destination.Anchor.Path}/{destination.PathString}");
    }

    /// <summary>True for a message of its own.</summary>
    public bool AroundReceive(Receive receive, object message)
    {
        if (message is not RedeliveryTick)
            return false;
        RedeliverOverdue();
        return true;
    }

    private void RedeliverOverdue()
    {
        var now = Now;
        var overdue = _unconfirmed.Where(entry => entry.Value.Timestamp <= now - RedeliverInterval).Take(RedeliveryBurstLimit).ToArray();
        List<UnconfirmedDelivery>? warnings = null;
        foreach (var (id, delivery) in overdue)
        {
            Send(id, delivery, now);
            if (delivery.Attempt == WarnAfterNumberOfUnconfirmedAttempts)
                (warnings ??= []).Add(new UnconfirmedDelivery(id, delivery.Destination, delivery.Message));
        }

        if (warnings is not null)
            _context.Self.Tell(new UnconfirmedWarning([.. warnings]), _context.Self);
    }

    private void Send(long id, Delivery delivery, DateTime now)
    {
        _context.ActorSelection(delivery.Destination).Tell(delivery.Message, _context.Self);
        _unconfirmed[id] = new Delivery(delivery.Destination, delivery.Message, now, delivery.Attempt + 1);
    }

    /// <summary>A message on its way, and how often it has been sent.</summary>
    public sealed class Delivery : IEquatable<Delivery>
    {
        public Delivery(ActorPath destination, object message, DateTime timestamp, int attempt)
        {
            Destination = destination;
            Message = message;
            Timestamp = timestamp;
            Attempt = attempt;
        }

        public ActorPath Destination { get; }

        public object Message { get; }

        /// <summary>Of the last attempt.</summary>
        public DateTime Timestamp { get; }

        public int Attempt { get; }

        public Delivery IncrementedCopy() => new(Destination, Message, Timestamp, Attempt + 1);

        public bool Equals(Delivery? other) =>
            ReferenceEquals(this, other)
            || (other is not null && Attempt == other.Attempt && Timestamp == other.Timestamp && Equals(Destination, other.Destination)
                && Equals(Message, other.Message));

        public override bool Equals(object? obj) => Equals(obj as Delivery);

        public override int GetHashCode() => HashCode.Combine(Destination, Message, Timestamp, Attempt);

        public override string ToString() =>
            FormattableString.Invariant($"Delivery<dest: {Destination}, attempt: {Attempt}, timestamp: {Timestamp:O}, message: {Message}>");
    }

    /// <summary>Time to look for messages that are overdue.</summary>
    public sealed class RedeliveryTick : INotInfluenceReceiveTimeout, IDeadLetterSuppression
    {
        private RedeliveryTick()
        {
        }

        public static RedeliveryTick Instance { get; } = new();

        public override bool Equals(object? obj) => obj is RedeliveryTick;

        public override int GetHashCode() => nameof(RedeliveryTick).GetHashCode(StringComparison.Ordinal);
    }
}

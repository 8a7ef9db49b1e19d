using Akka.Actor;

namespace Akka.Event;

/// <summary>
/// The bus of the system: events by type, subtypes included. A subscriber that has stopped is taken off, at the latest when the
/// next event would have gone to it.
/// </summary>
public class EventStream : LoggingBus
{
    private readonly bool _debug;

    public EventStream(bool debug) => _debug = debug;

    public override bool Subscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        ArgumentNullException.ThrowIfNull(channel);
        var added = base.Subscribe(subscriber, channel);
        Report($"subscribing {subscriber} to channel {channel}");
        return added;
    }

    public override bool Unsubscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        ArgumentNullException.ThrowIfNull(channel);
        var removed = base.Unsubscribe(subscriber, channel);
        Report($"unsubscribing {subscriber} from channel {channel}");
        return removed;
    }

    public override bool Unsubscribe(IActorRef subscriber)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        var removed = base.Unsubscribe(subscriber);
        Report($"unsubscribing {subscriber} from all channels");
        return removed;
    }

    private void Report(string what)
    {
        if (_debug)
            Publish(new Debug(Logging.SimpleName(this), GetType(), what));
    }
}

public static class EventStreamExtensions
{
    public static bool Subscribe<TChannel>(this EventStream eventStream, IActorRef subscriber) => eventStream.Subscribe(subscriber, typeof(TChannel));

    public static bool Unsubscribe<TChannel>(this EventStream eventStream, IActorRef subscriber) => eventStream.Unsubscribe(subscriber, typeof(TChannel));
}

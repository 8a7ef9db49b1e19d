using System.Threading.Channels;
using ActorNode.Protocol.Forging;
using Akka.Actor;

namespace ActorNode.Server.Http.Forging;

/// <summary>
/// Hears the forge worker's events on behalf of one event stream, in order and each once. A stream that does not keep up is ended: events are
/// not dropped in silence. Ends with the worker.
/// </summary>
internal sealed class ForgeListenerActor : UntypedActor
{
    /// <summary>Events that wait for a slow client, at most.</summary>
    public const int Capacity = 4096;

    private readonly IActorRef _worker;
    private readonly ForgeFilter _filter;
    private readonly ChannelWriter<object> _events;

    public static Props Props(IActorRef worker, ForgeFilter filter, ChannelWriter<object> events) =>
        Akka.Actor.Props.Create(() => new ForgeListenerActor(worker, filter, events));

    public ForgeListenerActor(IActorRef worker, ForgeFilter filter, ChannelWriter<object> events) =>
        (_worker, _filter, _events) = (worker, filter, events);

    protected override void PreStart()
    {
        Context.Watch(_worker);
        _worker.Tell(new ForgeCommands.Subscribe(_filter), Self);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ForgeReplies.Subscribed or IForgeEvent:
                if (!_events.TryWrite(message))
                    Context.Stop(Self);
                break;
            case Terminated:
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        _worker.Tell(ForgeCommands.Unsubscribe.Instance, Self);
        _events.TryComplete();
    }
}

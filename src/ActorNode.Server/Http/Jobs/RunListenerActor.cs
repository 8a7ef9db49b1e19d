using System.Threading.Channels;
using ActorNode.Protocol.Jobs;
using Akka.Actor;

namespace ActorNode.Server.Http.Jobs;

/// <summary>
/// Hears what becomes of runs on behalf of one event stream, of one run in order and each step once. A stream that does not keep up is ended:
/// steps are not dropped in silence.
/// </summary>
internal sealed class RunListenerActor : UntypedActor
{
    /// <summary>Steps that wait for a slow client, at most.</summary>
    public const int Capacity = 1024;

    private readonly JobId? _job;
    private readonly ChannelWriter<object> _events;

    public static Props Props(JobId? job, ChannelWriter<object> events) => Akka.Actor.Props.Create(() => new RunListenerActor(job, events));

    public RunListenerActor(JobId? job, ChannelWriter<object> events) => (_job, _events) = (job, events);

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(JobEvents.RunChanged));
        _events.TryWrite(Following.Instance);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case JobEvents.RunChanged changed when _job is null || changed.Run.JobId == _job:
                if (!_events.TryWrite(changed))
                    Context.Stop(Self);
                break;
            case JobEvents.RunChanged:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _events.TryComplete();
    }

    /// <summary>None is missed from here on.</summary>
    public sealed class Following
    {
        public static readonly Following Instance = new();
    }
}
